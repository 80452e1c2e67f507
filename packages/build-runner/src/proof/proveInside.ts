import {
  readPlugin,
  readProof,
  runProof,
  type ProofRun,
} from '@envoy-go/envoy-runner';
import { isError } from '@backstage/errors';
import type { ProofRequest } from './ProofRequest';

/**
 * What the prover does: it sends requests from within the network of a sandbox, being
 * itself outside of it in all else. Envoy's log goes to standard error, the result as JSON
 * to standard output.
 */
export async function proveInside(request: ProofRequest): Promise<void> {
  process.stdout.write(`${JSON.stringify(await prove(request))}\n`);
}

async function prove(request: ProofRequest): Promise<ProofRun> {
  try {
    const { filterName, proofPath } = await readPlugin(request.directory);
    return await runProof({
      proof: await readProof(proofPath),
      filterName,
      library: request.library,
      executable: request.executable,
      onLogLine: line => process.stderr.write(`${line}\n`),
    });
  } catch (error) {
    return {
      outcome: 'could-not-run',
      reason: isError(error) ? error.message : String(error),
      warnings: [],
      cases: [],
      durationMs: 0,
    };
  }
}
