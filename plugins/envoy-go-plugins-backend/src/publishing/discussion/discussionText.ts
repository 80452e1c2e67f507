import type {
  PublishDecisionKind,
  PublishRequestState,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { StoredPublishRequest } from '../PublishRequestStore';
import type { PendingMessage } from './DiscussionStore';

/** GitHub takes 65,536 characters; some are kept for what stands around the text. */
const LONGEST = 60_000;

const MARKER = '<!-- envoy-go-plugins:';

const DECIDED: Record<PublishDecisionKind, string> = {
  approve: 'approved it',
  'request-changes': 'asks for changes',
  reject: 'rejected it',
};

/** Somebody, as an issue names them. */
export interface Writer {
  /** Entity ref, or `system`. */
  actor: string;
  /** On GitHub, where that is known. */
  login?: string;
}

/**
 * A comment that GitHub does not show, by which the portal knows its own writing. Only what
 * begins with one counts: people can write what they like after it.
 *
 * @param key - what is written, once in a request
 */
export function markerOf(requestId: string, key: string): string {
  return `${MARKER}${requestId}:${key} -->`;
}

/** Whether a text begins with any marker. */
export function isMarked(text: string | undefined | null): boolean {
  return text?.startsWith(MARKER) ?? false;
}

/** So many characters of a text at most, and no half of one. */
export function beginningOf(text: string, length: number): string {
  return text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
}

/** The label that tells a state. */
export function labelOf(state: PublishRequestState): string {
  return `request: ${state.replaceAll('-', ' ')}`;
}

/** Whether a label tells a state, perhaps one of before. */
export function tellsState(label: string): boolean {
  return label.startsWith('request: ');
}

/** Title and text of the issue of a request. */
export function issueOf(
  request: StoredPublishRequest,
  portalUrl: string,
): { title: string; body: string } {
  const { id, name, repository, repositoryUrl, target, authorLogin } = request;
  return {
    title: `Publish ${name} of ${repository}`,
    body: `${markerOf(id, 'issue')}
[${authorLogin}](${originOf(
      request,
    )}/${authorLogin}) asks to publish [${repository}](${repositoryUrl}), which would become \`${target}\`.

Checks, review and decision are [in the portal](${portalUrl}/envoy-go-plugins/publish/${id}). What is written here is shown there, and what is written there is shown here. Nothing is decided here: who closes this issue does not end the request.
`,
  };
}

/** A comment that tells what happened in the portal. */
export function commentOf(
  request: StoredPublishRequest,
  message: PendingMessage,
  writer: Writer,
): string {
  const { kind, decision, text } = message;
  const marker = markerOf(request.id, message.key);
  const who = nameOf(request, writer);
  switch (kind) {
    case 'comment':
      return `${marker}\n${who} wrote in the portal:\n\n${cut(text)}\n`;
    case 'decision':
      return `${marker}\n${who} ${
        decision ? DECIDED[decision] : 'decided'
      } in the portal:\n\n${cut(text)}\n`;
    case 'notice':
      return `${marker}\n${cut(text)}\n`;
    default:
      return `${marker}\n${who}: ${cut(text)}\n`;
  }
}

function nameOf(
  request: StoredPublishRequest,
  { actor, login }: Writer,
): string {
  if (actor === 'system') {
    return 'The portal';
  }
  // Without an @: nobody needs to be told of what they did
  return login === undefined
    ? `\`${actor.replaceAll('`', '')}\``
    : `[${login}](${originOf(request)}/${login})`;
}

function originOf({ repositoryUrl }: StoredPublishRequest): string {
  return new URL(repositoryUrl).origin;
}

function cut(text: string): string {
  return text.length > LONGEST
    ? `${beginningOf(text, LONGEST)}\n\n… The rest is in the portal.`
    : text;
}
