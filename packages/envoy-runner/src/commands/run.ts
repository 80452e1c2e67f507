import { join } from 'node:path';
import { stringify } from 'yaml';
import { InputError } from '@backstage/errors';
import { renderBootstrap } from '../bootstrap';
import { resolveEnvoy, selectEnvoyVersions } from '../envoy';
import { buildLibrary, BuildError, stageLibrary } from '../library';
import { readPlugin, type PluginDescription } from '../plugin';
import {
  describeExit,
  EnvoyProcess,
  EnvoyProcessError,
  makeTemporaryFolder,
} from '../process';
import {
  curlExamples,
  describeEnvoy,
  readProof,
  type EnvoyProof,
} from '../proof';
import { startServices } from '../proof/startServices';
import { EchoUpstream } from '../upstream';

export interface RunCommandOptions {
  envoy?: string;
  port?: number;
  library?: string;
  source: 'wheel' | 'image' | 'any';
  printConfig?: boolean;
  debug?: boolean;
  verbose?: boolean;
}

const LISTENER = 'plugin';

/**
 * `envoy-runner run`: a plugin in Envoy with an echo upstream, until it is interrupted.
 * Resolves with the exit code.
 */
export async function run(
  directory: string,
  options: RunCommandOptions,
  signal: AbortSignal,
): Promise<number> {
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const disposals: (() => Promise<void>)[] = [];
  try {
    const plugin = await readPlugin(directory);
    const proof = await readProof(plugin.proofPath);
    const resolved = await resolveEnvoy(
      options.envoy ?? newestAdmitted(plugin),
      {
        source: options.source,
        signal,
        onDownload: (version, source) =>
          say(`Downloading Envoy ${version} (${source})`),
      },
    );
    say(describeEnvoy(resolved));

    const temporary = await makeTemporaryFolder('library');
    disposals.push(() => temporary.remove());
    const built = join(temporary.path, 'plugin.so');
    if (!options.library) {
      await buildLibrary({
        directory: plugin.directory,
        output: built,
        debug: options.debug,
        signal,
      });
    }
    const staged = await stageLibrary(options.library ?? built);
    disposals.push(() => staged.remove());
    const upstream = await EchoUpstream.start(proof.upstream);
    disposals.push(() => upstream.stop());
    const services = await startServices(proof.services);
    disposals.push(() => services.stop());

    const bootstrap = renderBootstrap({
      upstream: { port: upstream.port },
      services: services.clusters,
      listeners: [
        {
          name: LISTENER,
          port: options.port,
          filters: [
            {
              filterName: plugin.filterName,
              moduleName: staged.moduleName,
              config: proof.config,
            },
          ],
        },
      ],
    });
    if (options.printConfig) {
      say(stringify(bootstrap));
    }
    const envoy = await EnvoyProcess.start({
      executable: resolved.executable,
      bootstrap,
      modulesPath: staged.modulesPath,
      logLevel: options.verbose ? 'info' : 'warning',
      componentLogLevel: options.verbose
        ? 'dynamic_modules:debug'
        : 'dynamic_modules:info',
      onLogLine: say,
      signal,
    });
    disposals.push(() => envoy.stop());
    describeRunning(envoy, plugin, proof, options).forEach(say);
    return await untilEnd(envoy, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw explain(error, options);
  } finally {
    for (const disposal of disposals.reverse()) {
      await disposal();
    }
  }
}

function newestAdmitted(plugin: PluginDescription): string {
  const newest = selectEnvoyVersions(plugin.envoy).at(-1);
  if (!newest) {
    throw new InputError(
      `spec.envoy of ${plugin.name} is '${plugin.envoy}', which admits no known Envoy; say which with --envoy`,
    );
  }
  return newest;
}

function describeRunning(
  envoy: EnvoyProcess,
  plugin: PluginDescription,
  proof: EnvoyProof,
  options: RunCommandOptions,
): string[] {
  const { host, port } = envoy.listenerAddress(LISTENER);
  const url = `http://${host}:${port}`;
  return [
    '',
    `${plugin.name} answers on ${url} (Envoy's process ${envoy.pid}, its admin interface ${envoy.adminUrl})`,
    ...(options.debug ? ['Debug it:', `  dlv attach ${envoy.pid}`] : []),
    'Try:',
    ...curlExamples(proof, url).flatMap(({ name, command }) => [
      `  # ${name}`,
      `  ${command}`,
    ]),
    'Ctrl-C stops it.',
  ];
}

async function untilEnd(
  envoy: EnvoyProcess,
  signal: AbortSignal,
): Promise<number> {
  const interrupted = new Promise<'interrupted'>(done => {
    signal.addEventListener('abort', () => done('interrupted'), { once: true });
    // Whoever interrupted while the last lines were printed is not asked twice.
    if (signal.aborted) done('interrupted');
  });
  const end = await Promise.race([envoy.exited, interrupted]);
  if (end === 'interrupted') {
    return 0;
  }
  process.stderr.write(`Envoy ended ${describeExit(end)}\n`);
  return 1;
}

function explain(error: unknown, options: RunCommandOptions): unknown {
  if (error instanceof BuildError) {
    return new InputError([error.message, ...error.output].join('\n'));
  }
  if (error instanceof EnvoyProcessError) {
    return error.logTail.some(line => /Address already in use/.test(line))
      ? new InputError(
          `Port ${options.port} is in use; choose another with --port, or leave it out for a free one`,
        )
      : new InputError([error.message, ...error.logTail].join('\n'));
  }
  return error;
}
