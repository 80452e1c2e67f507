import { CustomErrorBase } from '@backstage/errors';

/**
 * What is wrong with a registry: it cannot be reached or failed, does not accept our
 * credentials or forbids what we do, has no room, does not have what is asked for, does not
 * do such things at all, or refused it.
 */
export type RegistryProblem =
  | 'unavailable'
  | 'unauthorized'
  | 'full'
  | 'not-found'
  | 'unsupported'
  | 'refused';

/** A registry did not do what was asked. The message is a sentence for people. */
export class RegistryError extends CustomErrorBase {
  override readonly name = 'RegistryError';
  readonly problem: RegistryProblem;
  /** Whether the same may succeed later without anybody mending something. */
  readonly retryable: boolean;

  constructor(message: string, problem: RegistryProblem) {
    super(message);
    this.problem = problem;
    this.retryable = problem === 'unavailable';
  }
}

/**
 * A version is published with another content already; versions do not change. It stays so,
 * however often it is tried.
 */
export class ImmutableTagError extends CustomErrorBase {
  override readonly name = 'ImmutableTagError';
  readonly retryable = false;

  constructor(options: {
    reference: string;
    published: string;
    refused: string;
  }) {
    super(
      `${options.reference} is published as ${options.published} and is not replaced by ${options.refused}; publish a new version`,
    );
  }
}
