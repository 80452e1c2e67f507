const MAX_TEXT_LENGTH = 200;
const MAX_VALUES = 50;
const MAX_PAGE = 100_000;

/** How many rows stand on one page of a list. */
export const ROWS_PER_PAGE = 25;

/** A text out of an address, trimmed and cut to what makes sense. */
export function readText(params: URLSearchParams, name: string): string {
  return (params.get(name) ?? '').trim().slice(0, MAX_TEXT_LENGTH);
}

/** The values of a parameter that may occur several times, each once. */
export function readValues(params: URLSearchParams, name: string): string[] {
  const values = params
    .getAll(name)
    .map(value => value.trim())
    .filter(value => value.length > 0 && value.length <= MAX_TEXT_LENGTH);
  return [...new Set(values)].slice(0, MAX_VALUES);
}

/** The one of the known values that a parameter has. */
export function readOneOf<T extends string>(
  params: URLSearchParams,
  name: string,
  known: readonly T[],
): T | undefined {
  const value = params.get(name);
  return known.find(one => one === value);
}

/** The page of a list, one-based; the first where the address makes no sense. */
export function readPage(params: URLSearchParams): number {
  const page = Number(params.get('page') ?? 1);
  return Number.isInteger(page) && page >= 1 && page <= MAX_PAGE ? page : 1;
}

/** Writes parameters: the empty ones and the first page are left out. */
export function writeParameters(
  values: Record<string, string | string[] | number | undefined>,
): URLSearchParams {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (Array.isArray(value)) {
      value.forEach(each => params.append(name, each));
    } else if (name === 'page') {
      if (Number(value) > 1) {
        params.set(name, String(value));
      }
    } else if (value !== undefined && value !== '') {
      params.set(name, String(value));
    }
  }
  return params;
}

/** With the value if it was without, without it if it was with. */
export function toggled<T>(values: readonly T[], value: T): T[] {
  return values.includes(value)
    ? values.filter(one => one !== value)
    : [...values, value];
}

/** The same with values of which only some are known, in the order in which those are. */
export function toggledOf<T extends string>(
  known: readonly T[],
  values: readonly T[],
  value: string,
): T[] {
  const wanted = toggled<string>(values, value);
  return known.filter(one => wanted.includes(one));
}
