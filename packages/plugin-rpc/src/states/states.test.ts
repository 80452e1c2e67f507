import { CALL_STATES, PLUGIN_STATES, transition } from '.';

describe('states', () => {
  it('of a call end in four ways', () => {
    const ends = Object.entries(CALL_STATES)
      .filter(([, next]) => next.length === 0)
      .map(([state]) => state);
    expect(ends).toEqual(['answered', 'timed out', 'cancelled', 'plugin gone']);
  });

  it('of a plugin always lead back to dialing', () => {
    for (const state of ['lost', 'unmounted', 'shut down'] as const) {
      expect(PLUGIN_STATES[state]).toContain('dialing');
    }
  });

  it('allow what the table has and nothing else', () => {
    expect(transition(CALL_STATES, 'queued', 'sent')).toBe('sent');
    expect(() => transition(CALL_STATES, 'answered', 'running')).toThrow(
      'Nothing goes from "answered" to "running"',
    );
    expect(() => transition(PLUGIN_STATES, 'dialing', 'mounted')).toThrow(
      'Nothing goes from "dialing" to "mounted"',
    );
  });
});
