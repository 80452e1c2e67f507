/** Addresses in answers. They all begin with the server's own origin. */
export class Urls {
  /** Scheme, host and port of the server. */
  readonly origin: string;

  constructor(origin: string) {
    this.origin = origin;
  }

  /** Address of a REST resource; the path begins with a slash. */
  api(path: string): string {
    return `${this.origin}/api/v3${path}`;
  }

  /** Address of a web page; the path begins with a slash. */
  page(path: string): string {
    return `${this.origin}${path}`;
  }
}

/** A path in a repository as part of an address. */
export function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
