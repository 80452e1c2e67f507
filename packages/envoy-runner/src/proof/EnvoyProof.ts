import type { JsonValue } from '@backstage/types';

/**
 * What is expected of a header: its exact value (several values are joined by `, `), that
 * it is absent, or that it matches a regular expression.
 *
 * @public
 */
export type HeaderExpectation = string | { absent: true } | { matches: string };

/**
 * What is expected of a body: exactly this, or that it matches a regular expression,
 * contains a text, or is JSON equal to a value.
 *
 * @public
 */
export type BodyExpectation =
  | string
  | { matches: string }
  | { contains: string }
  | { json: JsonValue };

/** @public */
export interface ProofRequest {
  method?: string;
  path?: string;
  headers?: Record<string, string | string[]>;
  body?: string;
  /** Sent as separate data frames. */
  chunks?: string[];
  /** Sent as JSON, with `content-type: application/json` unless headers say otherwise. */
  json?: JsonValue;
  repeat?: number;
}

/**
 * A request, or what matters of it, as a server must have seen it.
 *
 * @public
 */
export interface RequestExpectation {
  method?: string;
  path?: string;
  headers?: Record<string, HeaderExpectation>;
  body?: BodyExpectation;
}

/** @public */
export type StatExpectation = number | { atLeast: number };

/** @public */
export interface ProofExpectation {
  status?: number;
  headers?: Record<string, HeaderExpectation>;
  body?: BodyExpectation;
  upstream?: 'none' | RequestExpectation;
  stats?: Record<string, StatExpectation>;
}

/** @public */
export interface ProofStep {
  request?: ProofRequest;
  expect: ProofExpectation;
}

/** @public */
export interface ProofCase {
  name: string;
  config?: JsonValue;
  request?: ProofRequest;
  expect?: ProofExpectation;
  steps?: ProofStep[];
}

/** @public */
export interface ServiceRule {
  request?: RequestExpectation;
  reply: {
    status?: number;
    headers?: Record<string, string | string[]>;
    body?: string;
    delayMs?: number;
  };
}

/**
 * The contract of a filter: its configuration, requests, and what a real Envoy that runs
 * it must answer. `envoy-proof.yaml` in a plugin's repository.
 *
 * @public
 */
export interface EnvoyProof {
  apiVersion: 'envoygo.dev/v1alpha1';
  kind: 'EnvoyProof';
  config?: JsonValue;
  upstream?: {
    status?: number;
    headers?: Record<string, string | string[]>;
    body?: string;
  };
  services?: Record<string, ServiceRule[]>;
  cases: ProofCase[];
}

/**
 * The steps of a case: those it lists, or the one that it is.
 *
 * @public
 */
export function stepsOf(proofCase: ProofCase): ProofStep[] {
  return (
    proofCase.steps ?? [
      { request: proofCase.request, expect: proofCase.expect ?? {} },
    ]
  );
}
