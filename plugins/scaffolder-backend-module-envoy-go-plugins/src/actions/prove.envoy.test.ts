import {
  createMockDirectory,
  mockServices,
} from '@backstage/backend-test-utils';
import { readFile, writeFile } from 'node:fs/promises';
import { EVERY_CHOICE, renderSkeleton } from '../__testUtils__/renderSkeleton';
import { runAction } from '../__testUtils__/runAction';
import { createProveAction } from './prove';

describe('envoy-go-plugins:prove, with Go and a real Envoy', () => {
  const workspace = createMockDirectory();
  const logger = mockServices.logger.mock();
  const action = createProveAction({ allowed: true });

  const run = () =>
    runAction(action, {
      input: { envoys: ['1.40.0'] },
      workspacePath: workspace.path,
      logger,
    });

  const logged = () => logger.info.mock.calls.map(([line]) => line).join('\n');

  beforeAll(async () => {
    await renderSkeleton(EVERY_CHOICE[0], workspace.path);
  });

  beforeEach(() => {
    jest.clearAllMocks();
  });

  it('logs a table', async () => {
    await expect(run()).resolves.toEqual({ outcome: 'passed' });
    expect(logged()).toMatch(
      /Plugin\s+Envoy 1\.40\.0\n-+\s+-+\nplain\s+passed 1\/1/,
    );
  }, 300_000);

  it('shows the difference when the filter does something else', async () => {
    const proof = workspace.resolve('envoy-proof.yaml');
    const text = await readFile(proof, 'utf8');
    await writeFile(proof, text.replace('status: 200', 'status: 204'));
    await expect(run()).rejects.toThrow(
      'The filter does not do what its envoy-proof.yaml says',
    );
    expect(logged()).toMatch(/expected\s+204\n\s+got\s+200/);
  }, 300_000);

  it('says what the compiler said when it does not compile', async () => {
    await writeFile(
      workspace.resolve('more.go'),
      'package plain\n\nvar x = y\n',
    );
    await expect(run()).resolves.toEqual({ outcome: 'could-not-run' });
    expect(logged()).toContain('undefined: y');
  }, 300_000);
});
