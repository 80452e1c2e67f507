import { readElf } from './readElf';

/**
 * What a library needs of the machine that loads it, and whether an Envoy can.
 *
 * @public
 */
export interface LibraryCheck {
  /** Sentences; empty when an Envoy can load it. */
  problems: string[];
  needed: string[];
  /** Newest version of the GNU C library whose symbols it wants, for example `2.34`. */
  glibc?: string;
  /** Names of the dynamic module ABI that it defines. */
  hooks: string[];
}

/** @public */
export interface LibraryRules {
  platform: 'linux/amd64' | 'linux/arm64';
  /**
   * Newest version of the GNU C library that the Envoys have; 2.35 by default, that of
   * the `envoyproxy/envoy` images (Ubuntu 22.04).
   */
  glibc?: string;
}

const HOOK = /^envoy_dynamic_module_on_/;
const REQUIRED = [
  'envoy_dynamic_module_on_program_init',
  'envoy_dynamic_module_on_http_filter_config_new',
  'envoy_dynamic_module_on_http_filter_new',
];
/** What comes with the C library itself. */
const C_LIBRARY =
  /^(libc\.so\.6|libpthread\.so\.0|libdl\.so\.2|libm\.so\.6|librt\.so\.1|libresolv\.so\.2|ld-linux-(x86-64|aarch64)\.so\.[12])$/;
const DEFAULT_GLIBC = '2.35';

/**
 * Checks that a library is one that Envoy can load: the right machine, the functions that
 * Envoy calls, no library and no C library that Envoy's machine does not have.
 *
 * @throws ElfError when it is no ELF file
 *
 * @public
 */
export function checkLibrary(file: Buffer, rules: LibraryRules): LibraryCheck {
  const { machine, isSharedObject, needed, exported, versions } = readElf(file);
  const problems: string[] = [];
  const wanted = rules.platform.slice('linux/'.length);
  if (!isSharedObject || machine !== wanted) {
    problems.push(`It is no shared library for ${rules.platform}`);
  }
  const hooks = exported.filter(name => HOOK.test(name)).sort();
  const missing = REQUIRED.filter(name => !hooks.includes(name));
  if (missing.length > 0) {
    problems.push(
      `It does not define ${missing.join(
        ', ',
      )}; import the SDK's sdk/go/abi in cmd/envoy-module`,
    );
  }
  const foreign = needed.filter(name => !C_LIBRARY.test(name));
  if (foreign.length > 0) {
    problems.push(
      `It needs ${foreign.join(
        ', ',
      )}, which the machine of an Envoy may not have`,
    );
  }
  const glibc = versions
    .flatMap(version => /^GLIBC_(\d+(?:\.\d+)+)$/.exec(version)?.[1] ?? [])
    .sort(compareNumbers)
    .pop();
  const newest = rules.glibc ?? DEFAULT_GLIBC;
  if (glibc !== undefined && compareNumbers(glibc, newest) > 0) {
    problems.push(
      `It needs glibc ${glibc}; the Envoys have ${newest}. Build on an older system`,
    );
  }
  return { problems, needed, hooks, ...(glibc !== undefined && { glibc }) };
}

function compareNumbers(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
