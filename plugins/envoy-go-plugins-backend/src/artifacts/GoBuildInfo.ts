import { InputError } from '@backstage/errors';

/** A module that a library was linked from. */
export interface GoModule {
  path: string;
  /** `(devel)` for the main module of a working copy. */
  version?: string;
  /** The sum of its content, `h1:` and base64, as go.sum has it. */
  sum?: string;
  /** What was taken in its place. */
  replace?: GoModule;
}

/** What Go wrote into a library about how it was built. */
export interface GoBuildInfo {
  /** Such as `go1.26.8`. */
  goVersion: string;
  /** Import path of the main package. */
  path: string;
  main: GoModule;
  dependencies: GoModule[];
  /** Such as `GOARCH`, `-buildmode`, `CGO_ENABLED`. */
  settings: Record<string, string>;
}

/**
 * Reads what `go version -m -json LIBRARY` prints.
 *
 * @see https://pkg.go.dev/runtime/debug#BuildInfo
 * @throws InputError when it is something else
 */
export function parseGoBuildInfo(json: string): GoBuildInfo {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    value = undefined;
  }
  if (
    !isRecord(value) ||
    typeof value.GoVersion !== 'string' ||
    typeof value.Path !== 'string'
  ) {
    throw new InputError(
      'The build information of a library is not what "go version -m -json" prints; build the library with Go modules',
    );
  }
  return {
    goVersion: value.GoVersion,
    path: value.Path,
    main: toModule(value.Main),
    dependencies: list(value.Deps).map(toModule),
    settings: Object.fromEntries(
      list(value.Settings)
        .filter(isRecord)
        .map(({ Key, Value }) => [String(Key), String(Value ?? '')]),
    ),
  };
}

/** The module whose code it is: the one given, or what was taken in its place. */
export function effectiveModule(module: GoModule): GoModule {
  return module.replace ? effectiveModule(module.replace) : module;
}

/** The sum of a module in hex, or `undefined` where there is none. */
export function hexSum({ sum }: GoModule): string | undefined {
  return sum?.startsWith('h1:')
    ? Buffer.from(sum.slice('h1:'.length), 'base64').toString('hex')
    : undefined;
}

function toModule(value: unknown): GoModule {
  if (!isRecord(value) || typeof value.Path !== 'string') {
    throw new InputError(
      'The build information of a library names a module without a path; build the library with Go modules',
    );
  }
  return {
    path: value.Path,
    ...(typeof value.Version === 'string' && { version: value.Version }),
    ...(typeof value.Sum === 'string' && { sum: value.Sum }),
    ...(isRecord(value.Replace) && { replace: toModule(value.Replace) }),
  };
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
