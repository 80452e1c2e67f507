import { InputError } from '@backstage/errors';
import type { Pull } from './PullCounts';

/** Those of manifests and indexes; what else is pulled are their parts. */
const MANIFEST_TYPES = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];

const MOST_TEXT = 512;

/**
 * Reads of a registry's events who pulled what. Those of other kinds, and those that make no
 * sense, are left out: a registry would repeat them for ever.
 *
 * @param options - `ignoredActor`: the backend's own name, whose pulls do not count
 * @throws InputError when it is no envelope of events
 * @see https://distribution.github.io/distribution/about/notifications/
 */
export function readPullEvents(
  body: string,
  options: { ignoredActor?: string; now: Date },
): Pull[] {
  const { events } = parseObject(body);
  if (!Array.isArray(events)) {
    throw new InputError(
      'The body is no envelope of a registry\'s events: it has no list "events"',
    );
  }
  return events.flatMap(event => {
    const pull = readPull(asObject(event), options.now);
    const actor = asObject(asObject(event).actor).name;
    return pull && !(actor && actor === options.ignoredActor) ? [pull] : [];
  });
}

function readPull(event: Record<string, unknown>, now: Date): Pull | undefined {
  const target = asObject(event.target);
  const eventId = asText(event.id);
  const repository = asText(target.repository);
  const digest = asText(target.digest);
  const mediaType = asText(target.mediaType);
  const method = asText(asObject(event.request).method) ?? 'GET';
  if (
    event.action !== 'pull' ||
    // Whoever only asks whether it is there has not pulled it
    method !== 'GET' ||
    eventId === undefined ||
    repository === undefined ||
    digest === undefined ||
    !/^sha256:[0-9a-f]{64}$/.test(digest) ||
    !MANIFEST_TYPES.includes(mediaType ?? '')
  ) {
    return undefined;
  }
  const at = new Date(asText(event.timestamp) ?? '');
  return {
    eventId,
    repository,
    digest,
    tag: asText(target.tag),
    at: Number.isNaN(at.getTime()) ? now : at,
  };
}

function parseObject(text: string): Record<string, unknown> {
  try {
    return asObject(JSON.parse(text));
  } catch {
    throw new InputError(
      "The body is no envelope of a registry's events: it is not JSON",
    );
  }
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** PostgreSQL stores every character but NUL. */
function asText(value: unknown): string | undefined {
  return typeof value === 'string' &&
    value.length > 0 &&
    value.length <= MOST_TEXT &&
    !value.includes('\0')
    ? value
    : undefined;
}
