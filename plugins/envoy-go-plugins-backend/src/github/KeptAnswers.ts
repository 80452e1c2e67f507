import type { GitHubAnswer } from './GitHubAnswer';
import type { KeptAnswer, KeptAnswerStore } from './KeptAnswerStore';

/** Larger bodies are not kept, in characters. */
const LARGEST_BODY = 2_000_000;

/** That an answer still holds is written down this often, and old ones are looked for, in milliseconds. */
const TOUCH_AFTER_MS = 24 * 3600_000;

/** Answers that GitHub was not asked about for so long are forgotten, in milliseconds. */
const FORGET_AFTER_MS = 30 * 24 * 3600_000;

/** What those who ask may need of the headers. */
const KEPT_HEADERS = ['content-type', 'etag', 'last-modified', 'link'];

/** The usual media types of the API: what is asked without a wish. */
const USUAL_MEDIA_TYPES = [
  'application/vnd.github.v3+json',
  'application/vnd.github+json',
  '*/*',
];

/**
 * Makes requests conditional: where an answer was kept GitHub is asked whether it still
 * holds, which costs nothing when it does. An entity tag stands for what is in the answer, so
 * that it does not matter with which of the portal's credentials it was asked for.
 */
export class KeptAnswers {
  readonly #store: KeptAnswerStore;
  readonly #now: () => Date;
  /** In milliseconds since 1970. */
  #forgotAt = 0;

  constructor(options: { store: KeptAnswerStore; now: () => Date }) {
    this.#store = options.store;
    this.#now = options.now;
  }

  /**
   * @param ask - sends the request with these further headers; answers `not modified` where
   * GitHub does (304)
   */
  async answer(
    request: { url: string; accept: string | undefined },
    ask: (
      headers: Record<string, string>,
    ) => Promise<GitHubAnswer | 'not modified' | 'missing'>,
  ): Promise<GitHubAnswer | 'missing'> {
    const key = keyOf(request);
    const kept = await this.#store.get(key);
    const askedAt = this.#now();
    const answer = await ask(kept ? { 'if-none-match': kept.etag } : {});
    if (answer === 'not modified') {
      if (!kept) {
        throw new Error(
          `GitHub says that nothing changed at ${request.url}, which it was not asked`,
        );
      }
      if (askedAt.getTime() - kept.checkedAt.getTime() >= TOUCH_AFTER_MS) {
        await this.#store.touch(key, askedAt);
      }
      return {
        status: 200,
        url: request.url,
        headers: kept.headers,
        data: JSON.parse(kept.body),
      };
    }
    if (answer === 'missing') {
      if (kept) {
        await this.#store.delete(key);
      }
      return answer;
    }
    await this.#forgetOld(askedAt);
    const fresh = toKeep(answer, askedAt);
    if (fresh) {
      await this.#store.put(key, fresh);
    } else if (kept) {
      await this.#store.delete(key);
    }
    return answer;
  }

  async #forgetOld(now: Date): Promise<void> {
    const time = now.getTime();
    if (time - this.#forgotAt >= TOUCH_AFTER_MS) {
      this.#forgotAt = time;
      await this.#store.deleteCheckedBefore(new Date(time - FORGET_AFTER_MS));
    }
  }
}

function keyOf({ url, accept }: { url: string; accept: string | undefined }) {
  return accept === undefined || USUAL_MEDIA_TYPES.includes(accept)
    ? url
    : `${url}#${accept}`;
}

/** `undefined` for what cannot be told apart by a tag, or cannot be kept. */
function toKeep(answer: GitHubAnswer, checkedAt: Date): KeptAnswer | undefined {
  const { status, headers, data } = answer;
  if (status !== 200 || !headers.etag || data instanceof ArrayBuffer) {
    return undefined;
  }
  const body = stringify(data);
  return body === undefined || body.length > LARGEST_BODY
    ? undefined
    : {
        etag: headers.etag,
        headers: Object.fromEntries(
          Object.entries(headers).flatMap(([name, value]) =>
            KEPT_HEADERS.includes(name) && value !== undefined
              ? [[name, String(value)]]
              : [],
          ),
        ),
        body,
        checkedAt,
      };
}

/** As JSON; `undefined` where that loses something: numbers too large for it come as bigints. */
function stringify(data: unknown): string | undefined {
  let isWhole = true;
  const body = JSON.stringify(data, (_, value) => {
    if (typeof value === 'bigint') {
      isWhole = false;
      return undefined;
    }
    return value;
  });
  return isWhole ? body : undefined;
}
