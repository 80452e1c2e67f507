import { foundBy, toShownProofs } from './envoyProofs';

const PROOFS = {
  version: '1.2.0',
  tag: 'v1.2.0',
  verified: false,
  at: '2026-11-20T10:00:00.000Z',
  envoys: [
    { envoy: '1.40.0', outcome: 'passed' },
    { envoy: '1.38.3', outcome: 'passed' },
    { envoy: '1.40.1', outcome: 'failed' },
  ],
} as const;

describe('toShownProofs', () => {
  it('tells of each minor version what ran in it, and of those claimed that none did', () => {
    expect(
      toShownProofs({ ...PROOFS, envoys: [...PROOFS.envoys] }, [
        '1.37',
        '1.38',
      ]),
    ).toEqual({
      envoyProofs: [
        { envoy: '1.37', outcome: 'not-run', versions: [] },
        { envoy: '1.38', outcome: 'passed', versions: ['1.38.3'] },
        { envoy: '1.40', outcome: 'failed', versions: ['1.40.0', '1.40.1'] },
      ],
    });
  });

  it('tells nothing where nothing was proven, whatever is claimed', () => {
    expect(toShownProofs(undefined, ['1.38', '1.39'])).toEqual({});
  });
});

describe('foundBy', () => {
  it('prefers what was proven to what is claimed', () => {
    const proofs = { ...PROOFS, envoys: [...PROOFS.envoys] };
    expect(foundBy(proofs, ['1.37', '1.39'])).toEqual(['1.38']);
    expect(foundBy(undefined, ['1.37', '1.39'])).toEqual(['1.37', '1.39']);
  });
});
