/**
 * Takes in what GitHub's webhooks deliver: checks that it is signed, stores it, and only
 * then acknowledges it.
 *
 * @packageDocumentation
 */
export * from './intake';
export * from './process';
