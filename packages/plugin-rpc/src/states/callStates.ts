/** Where a call is in its life. @public */
export type CallState =
  | 'queued'
  | 'sent'
  | 'running'
  | 'answered'
  | 'timed out'
  | 'cancelled'
  | 'plugin gone';

/**
 * What may follow what, on either side. A caller goes from `queued` to `sent` and knows
 * of `running` only when parts or credit come; a callee goes from `queued` to `running`.
 *
 * @public
 */
export const CALL_STATES: Readonly<Record<CallState, readonly CallState[]>> = {
  // Waits for a free place at the callee.
  queued: ['sent', 'running', 'timed out', 'cancelled', 'plugin gone'],
  // The request is on the stream, perhaps not all of its chunks.
  sent: ['running', 'answered', 'timed out', 'cancelled', 'plugin gone'],
  running: ['answered', 'timed out', 'cancelled', 'plugin gone'],
  answered: [],
  'timed out': [],
  cancelled: [],
  'plugin gone': [],
};
