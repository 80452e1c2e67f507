import type {
  PublishRequestState,
  PublishTimelineEntry,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Knex } from 'knex';

/** What is new in the timeline of a request. */
export interface NewEntry {
  request: { id: string; host: string };
  /** Of the timeline. */
  id: number;
  at: string;
  kind: PublishTimelineEntry['kind'];
  state?: PublishRequestState;
  /** Such as `submit`. */
  what: string;
}

/** What happens to the state of a request, and people who discuss it want to know. */
const TOLD = ['submit', 'withdraw', 'fail', 'abort', 'finish'];

/**
 * Puts down what is to be told in the issue of a request, with what is told: what a worker
 * finds there happened, and of what happened nothing is missing.
 */
export class DiscussionOutbox {
  readonly #transaction: Knex;

  /** @param transaction - in which the timeline is written */
  constructor(transaction: Knex) {
    this.#transaction = transaction;
  }

  async add({ request, id, at, kind, state, what }: NewEntry): Promise<void> {
    const discussions = () =>
      this.#transaction('publish_discussions').where({ request: request.id });
    const isFirst =
      what === 'submit' && (await discussions().first()) === undefined;
    if (isFirst) {
      await this.#transaction('publish_discussions').insert({
        request: request.id,
        host: request.host,
        claims: 0,
        failures: 0,
      });
    }
    const isTold =
      kind === 'comment' ||
      kind === 'decision' ||
      (kind === 'state' && TOLD.includes(what) && !isFirst);
    if (isTold) {
      await this.#transaction('publish_discussion_outbox').insert({
        request: request.id,
        key: `entry:${id}`,
        done: false,
      });
    }
    if (isTold || state !== undefined) {
      await discussions()
        .whereNull('ended_because')
        .update({ next_attempt_at: at });
    }
  }
}
