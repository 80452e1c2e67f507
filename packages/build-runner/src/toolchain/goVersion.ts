/** Parts of a Go version: major, minor, patch, and a rank that puts betas before releases. */
type GoVersion = [number, number, number, number];

// https://go.dev/doc/toolchain#version
const VERSION =
  /^(?:go)?(\d{1,5})\.(\d{1,5})(?:\.(\d{1,5})|(beta|rc)(\d{1,5}))?(?:[-+ ].*)?$/;

function parse(text: string): GoVersion | undefined {
  const match = VERSION.exec(text);
  if (!match) {
    return undefined;
  }
  const [, major, minor, patch, stage, number] = match;
  if (stage) {
    const rank = (stage === 'beta' ? -200_000 : -100_000) + Number(number);
    return [Number(major), Number(minor), 0, rank];
  }
  return [Number(major), Number(minor), Number(patch ?? 0), 0];
}

/** Whether a text is a version of Go, such as `1.25.6`, `1.25` or `go1.26rc1`. */
export function isGoVersion(text: string): boolean {
  return parse(text) !== undefined;
}

/** Negative when `a` is older than `b`; what is no version is older than any. */
export function compareGoVersions(a: string, b: string): number {
  const left = parse(a) ?? [-1, 0, 0, 0];
  const right = parse(b) ?? [-1, 0, 0, 0];
  const index = left.findIndex((part, at) => part !== right[at]);
  return index < 0 ? 0 : left[index] - right[index];
}
