/**
 * The state after `from`, when the table allows it.
 *
 * @throws Error when it does not: a fault of this library, never of a peer.
 */
export function transition<State extends string>(
  table: Readonly<Record<State, readonly State[]>>,
  from: State,
  to: State,
): State {
  if (!table[from].includes(to)) {
    throw new Error(`Nothing goes from "${from}" to "${to}"`);
  }
  return to;
}
