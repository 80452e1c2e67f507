import { createMockDirectory } from '@backstage/backend-test-utils';
import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, promises as fs } from 'node:fs';
import { ServerResponse } from 'node:http';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { startGitHubEmulator } from './startGitHubEmulator';
import { Receiver } from './__testUtils__/Receiver';
import { TEST_SEED } from './__testUtils__/testSeed';

jest.setTimeout(60_000);

describe('startGitHubEmulator', () => {
  const directory = createMockDirectory();

  afterEach(() => directory.clear());

  it('begins with what it knew when it stopped', async () => {
    const options = { stateDir: directory.resolve('state'), seed: TEST_SEED };
    const first = await startGitHubEmulator(options);
    const put = async (base: string, place: string) =>
      await fetch(`${base}${place}`, {
        method: 'PUT',
        headers: { authorization: 'token author-token' },
      });
    await put(first.apiBaseUrl, '/user/starred/envoy-plugins/token-auth');
    await first.close();

    const second = await startGitHubEmulator(options);
    const { state } = second;
    const plugin = state.repositories.find('envoy-plugins', 'token-auth');
    expect(plugin && state.repositories.starCount(plugin)).toBe(3);
    expect(state.accounts.find('author')?.login).toBe('author');
    const readme = await fetch(
      `${second.url}/envoy-plugins/token-auth/raw/main/README.md`,
    );
    expect(await readme.text()).toBe('# Token auth\n');
    await second.close();

    const third = await startGitHubEmulator({ ...options, fresh: true });
    const anew = third.state.repositories.find('envoy-plugins', 'token-auth');
    expect(anew && third.state.repositories.starCount(anew)).toBe(2);
    await third.close();
  });

  it('takes tokens and applications from the seed at every start', async () => {
    const stateDir = directory.resolve('state');
    const first = await startGitHubEmulator({ stateDir, seed: TEST_SEED });
    await first.close();
    const second = await startGitHubEmulator({
      stateDir,
      seed: {
        ...TEST_SEED,
        tokens: [{ token: 'another', account: 'admin', scopes: ['repo'] }],
      },
    });
    const user = await fetch(`${second.apiBaseUrl}/user`, {
      headers: { authorization: 'token another' },
    });
    expect(await user.json()).toMatchObject({ login: 'admin' });
    await second.close();
  });

  it('never touches a folder that is not its own', async () => {
    directory.setContent({ precious: { 'letter.txt': 'dear' } });
    await expect(
      startGitHubEmulator({
        stateDir: directory.resolve('precious'),
        fresh: true,
      }),
    ).rejects.toThrow(/holds no state of the GitHub emulator/);
    expect(existsSync(directory.resolve('precious/letter.txt'))).toBe(true);
  });

  it('says that its port is in use', async () => {
    const first = await startGitHubEmulator({
      stateDir: directory.resolve('a'),
    });
    const port = Number(new URL(first.url).port);
    await expect(
      startGitHubEmulator({ stateDir: directory.resolve('b'), port }),
    ).rejects.toThrow(`Port ${port} is in use`);
    await first.close();
  });

  it('says what in a seed refers to nothing', async () => {
    await expect(
      startGitHubEmulator({
        stateDir: directory.resolve('state'),
        seed: {
          accounts: [],
          organizations: [{ login: 'org', owners: ['ghost'] }],
        },
      }),
    ).rejects.toThrow('The seed speaks of ghost');
    const mended = await startGitHubEmulator({
      stateDir: directory.resolve('state'),
      seed: TEST_SEED,
    });
    expect(mended.state.repositories.list()).toHaveLength(2);
    await mended.close();
  });

  describe('as a command', () => {
    const children: ChildProcess[] = [];
    afterEach(() => {
      children.forEach(child => child.kill('SIGKILL'));
      children.length = 0;
    });

    async function start(...args: string[]) {
      const child = spawn(
        process.execPath,
        [path.resolve(__dirname, '../bin/github-emulator'), ...args],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      children.push(child);
      const lines = createInterface({ input: child.stdout });
      const [line] = await once(lines, 'line');
      return { child, url: String(line).replace(/^.* at /, '') };
    }

    const seedFile = async () => {
      const file = directory.resolve('github.yaml');
      await fs.writeFile(file, JSON.stringify(TEST_SEED));
      return file;
    };

    it('loses nothing that it answered when it is killed', async () => {
      const args = [
        '--port=0',
        `--state=${directory.resolve('state')}`,
        `--seed=${await seedFile()}`,
        '--validate=throw',
      ];
      const first = await start(...args);
      const headers = { authorization: 'token author-token' };
      const made: string[] = [];
      const create = async (name: string) => {
        const answer = await fetch(
          `${first.url}/api/v3/orgs/envoy-plugins/repos`,
          {
            method: 'POST',
            headers,
            body: JSON.stringify({ name }),
          },
        );
        expect(answer.status).toBe(201);
        made.push(name);
      };
      await Promise.all(['one', 'two', 'three', 'four'].map(create));
      const file = await fetch(
        `${first.url}/api/v3/repos/envoy-plugins/four/contents/x.md`,
        {
          method: 'PUT',
          headers,
          body: JSON.stringify({ message: 'x', content: 'eA==' }),
        },
      );
      expect(file.status).toBe(201);
      first.child.kill('SIGKILL');
      await once(first.child, 'close');

      const second = await start(...args);
      for (const name of made) {
        const answer = await fetch(
          `${second.url}/api/v3/repos/envoy-plugins/${name}`,
          { headers },
        );
        expect(answer.status).toBe(200);
      }
      const kept = await fetch(
        `${second.url}/envoy-plugins/four/raw/main/x.md`,
      );
      expect(await kept.text()).toBe('x');
      second.child.kill('SIGTERM');
      const [code] = await once(second.child, 'close');
      expect(code).toBe(0);
    });

    it('delivers after it was killed what waited then, and nothing twice', async () => {
      const args = [
        '--port=0',
        `--state=${directory.resolve('state')}`,
        `--seed=${await seedFile()}`,
      ];
      const receiver = new Receiver();
      await receiver.open();
      const arrived = (answer: (response: ServerResponse) => void) =>
        new Promise<void>(resolve => {
          receiver.answer = response => {
            answer(response);
            resolve();
          };
        });
      const hooks = '/api/v3/repos/envoy-plugins/token-auth/hooks';
      const ask = async (url: string, method = 'GET', body?: object) =>
        await fetch(url, {
          method,
          headers: { authorization: 'token admin-token' },
          body: body && JSON.stringify(body),
        });

      const first = await start(...args);
      const held = arrived(() => {});
      const made = await ask(`${first.url}${hooks}`, 'POST', {
        events: ['star'],
        config: { url: receiver.url, content_type: 'json' },
      });
      const { id } = await made.json();
      await held;
      const plugin = '/api/v3/user/starred/envoy-plugins/token-auth';
      await ask(`${first.url}${plugin}`, 'DELETE');
      first.child.kill('SIGKILL');
      await once(first.child, 'close');
      expect(receiver.take()).toEqual(['ping']);

      const waiting = arrived(response => response.end());
      const second = await start(...args);
      await waiting;
      let deliveries = [];
      while (deliveries.length < 2) {
        const answer = await ask(`${second.url}${hooks}/${id}/deliveries`);
        deliveries = await answer.json();
      }
      expect(deliveries).toMatchObject([
        { event: 'star', action: 'deleted', status: 'OK' },
        { event: 'ping', status_code: 502 },
      ]);
      expect(receiver.take()).toEqual(['star.deleted']);
      await receiver.close();
    });
  });
});
