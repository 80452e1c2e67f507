import type {
  Build,
  BuildList,
  BuildLogLine,
  BuildLogPart,
  BuildQuery,
  BuildRunner,
  BuildState,
  EnvoyGoPluginsBuildsApi,
  PluginLocator,
  PluginVersion,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { backendFailure } from '../../__testUtils__/backendFailure';

/** All that there is to know about builds and versions. */
export interface BuildsState {
  /** In the order of the list. */
  builds: Build[];
  /** By the id of the build. */
  logs: Record<string, BuildLogLine[]>;
  runners: BuildRunner[];
  /** By `NAMESPACE/NAME`, newest first. */
  versions: Record<string, PluginVersion[]>;
}

const OVER: readonly BuildState[] = [
  'passed',
  'failed',
  'could-not-run',
  'cancelled',
];

function matches(build: Build, query: BuildQuery): boolean {
  const haystack = [
    build.plugin.name,
    build.repository,
    build.tag ?? '',
    build.commit,
    build.runner ?? '',
  ]
    .join('\n')
    .toLocaleLowerCase('en-US');
  return (
    (!query.kind?.length || query.kind.includes(build.kind)) &&
    (!query.text ||
      query.text
        .toLocaleLowerCase('en-US')
        .split(/\s+/)
        .every(word => haystack.includes(word))) &&
    (!query.plugin ||
      query.plugin === `${build.plugin.namespace}/${build.plugin.name}`)
  );
}

/**
 * The part of the backend that builds, in memory: it filters and counts as the backend does; builds move on by `change` and
 * `log`. For tests and for looking at the pages without a backend.
 */
export class InMemoryEnvoyGoPluginsBuildsApi
  implements EnvoyGoPluginsBuildsApi
{
  readonly state: BuildsState;
  /** What was asked for and done, such as `getBuild`. */
  readonly calls: string[] = [];
  /** Every question for builds so far. */
  readonly queries: BuildQuery[] = [];
  /** Called after every change. */
  onChange: (buildId: string) => void = () => {};
  #gate: Promise<void> = Promise.resolve();
  #failure: Error | undefined;

  constructor(state: BuildsState) {
    this.state = state;
  }

  /** Holds every further answer back until the returned function is called. */
  hold(): () => void {
    let release = () => {};
    this.#gate = new Promise(resolve => {
      release = resolve;
    });
    return release;
  }

  /** Lets every further question fail, or with `undefined` succeed again. */
  failWith(error: Error | undefined): void {
    this.#failure = error;
  }

  /** Moves a build on, as a runner does. */
  change(id: string, part: Partial<Build>): void {
    this.state.builds = this.state.builds.map(build =>
      build.id === id ? { ...build, ...part } : build,
    );
    this.onChange(id);
  }

  /** Logs lines of a step. */
  log(id: string, step: string, ...texts: string[]): void {
    const lines = this.state.logs[id] ?? [];
    this.state.logs = {
      ...this.state.logs,
      [id]: [
        ...lines,
        ...texts.map((text, index) => ({
          number: lines.length + index + 1,
          step,
          text,
        })),
      ],
    };
    this.change(id, { logLines: this.state.logs[id].length });
  }

  async listVersions(plugin: PluginLocator): Promise<PluginVersion[]> {
    await this.#asked('listVersions');
    return this.state.versions[`${plugin.namespace}/${plugin.name}`] ?? [];
  }

  async listBuilds(query: BuildQuery): Promise<BuildList> {
    this.queries.push(query);
    await this.#asked('listBuilds');
    const found = this.state.builds.filter(build => matches(build, query));
    const items = found.filter(
      build => !query.state?.length || query.state.includes(build.state),
    );
    const { offset = 0, limit = 25 } = query;
    const counts = new Map<BuildState, number>();
    found.forEach(({ state }) =>
      counts.set(state, (counts.get(state) ?? 0) + 1),
    );
    return {
      items: items.slice(offset, offset + limit),
      totalItems: items.length,
      states: [...counts].map(([state, count]) => ({ state, count })),
    };
  }

  async getBuild(id: string): Promise<Build> {
    await this.#asked('getBuild');
    return this.#find(id);
  }

  async getBuildLog(
    id: string,
    options: { after?: number; limit?: number } = {},
  ): Promise<BuildLogPart> {
    const { after = 0, limit = 2_000 } = options;
    await this.#asked(`getBuildLog after ${after}`);
    const build = await this.#find(id);
    const lines = (this.state.logs[id] ?? []).slice(after, after + limit);
    return {
      lines,
      last: lines.length > 0 ? lines[lines.length - 1].number : after,
      open: !OVER.includes(build.state),
    };
  }

  async downloadBuildLog(id: string): Promise<string> {
    await this.#asked('downloadBuildLog');
    return (this.state.logs[id] ?? []).map(({ text }) => `${text}\n`).join('');
  }

  async cancelBuild(change: { id: string; reason?: string }): Promise<Build> {
    await this.#asked('cancelBuild');
    await this.#find(change.id);
    this.change(change.id, {
      state: 'cancelled',
      reason: `Cancelled by admin${change.reason ? `: ${change.reason}` : '.'}`,
      allowedActions: ['retry'],
    });
    return this.#find(change.id);
  }

  async retryBuild(change: { id: string }): Promise<Build> {
    await this.#asked('retryBuild');
    const { state } = await this.#find(change.id);
    if (!OVER.includes(state) || state === 'passed') {
      throw await backendFailure(409, 'The build is not over');
    }
    this.change(change.id, {
      state: 'queued',
      reason: undefined,
      steps: [],
      allowedActions: ['cancel'],
    });
    return this.#find(change.id);
  }

  async listRunners(): Promise<BuildRunner[]> {
    await this.#asked('listRunners');
    return this.state.runners;
  }

  async getVersionDocument(document: { url: string }): Promise<string> {
    await this.#asked(`getVersionDocument ${document.url}`);
    return '{}';
  }

  async #asked(call: string): Promise<void> {
    this.calls.push(call);
    await this.#gate;
    if (this.#failure) {
      throw this.#failure;
    }
  }

  async #find(id: string): Promise<Build> {
    const build = this.state.builds.find(one => one.id === id);
    if (!build) {
      throw await backendFailure(404, `There is no build ${id}`);
    }
    return build;
  }
}
