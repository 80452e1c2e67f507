import { JsonObject } from '@backstage/types';

const DOCUMENTATION = 'https://docs.github.com/rest';

/** One reason why a request was refused with 422, as GitHub lists them. */
export interface FieldError {
  resource: string;
  field?: string;
  code:
    | 'missing'
    | 'missing_field'
    | 'invalid'
    | 'already_exists'
    | 'unprocessable'
    | 'custom';
  message?: string;
  value?: string;
}

/** An answer that says no, in GitHub's own words. Handlers throw it. */
export class GitHubError extends Error {
  readonly status: number;
  /** Why: fields, or sentences where an endpoint answers with those. */
  readonly errors?: FieldError[] | string[];
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    message: string,
    options: {
      errors?: FieldError[] | string[];
      headers?: Record<string, string>;
    } = {},
  ) {
    super(message);
    this.name = 'GitHubError';
    this.status = status;
    this.errors = options.errors;
    this.headers = options.headers ?? {};
  }

  /** The JSON that GitHub sends. */
  toBody(): JsonObject {
    return {
      message: this.message,
      ...(this.errors && {
        errors: this.errors.map(error =>
          typeof error === 'string' ? error : { ...error },
        ),
      }),
      documentation_url: DOCUMENTATION,
      status: String(this.status),
    };
  }
}

/** Tells that a resource has another address by now. */
export class MovedError extends GitHubError {
  readonly #location: string;

  /** @param status - 301 for what is read; 307, which keeps the method and the body, for all else */
  constructor(status: 301 | 307, location: string) {
    super(status, status === 301 ? 'Moved Permanently' : 'Temporary Redirect', {
      headers: { location },
    });
    this.#location = location;
  }

  toBody(): JsonObject {
    return { ...super.toBody(), url: this.#location };
  }
}

/** 404, also for what may not be seen: GitHub does not tell the two apart. */
export function notFound(): GitHubError {
  return new GitHubError(404, 'Not Found');
}

/** 403 with a reason. */
export function forbidden(message: string): GitHubError {
  return new GitHubError(403, message);
}

/** 422 for reasons in whole sentences. */
export function unprocessable(...reasons: string[]): GitHubError {
  return new GitHubError(422, 'Validation Failed', { errors: reasons });
}

/** 422 because of some fields. */
export function validationFailed(...errors: FieldError[]): GitHubError {
  return new GitHubError(422, 'Validation Failed', { errors });
}
