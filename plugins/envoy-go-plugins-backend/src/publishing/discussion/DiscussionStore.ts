import type {
  PublishDecisionKind,
  PublishRequestState,
  PublishTimelineEntry,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Lease } from '../../leases';

/** The issue that mirrors the discussion of a request. */
export interface Discussion {
  /** The request's id. */
  request: string;
  host: string;
  /** Of the issue, once there is one. */
  issue?: { repositoryId: number; number: number };
  /** The state that the issue's labels tell. */
  shownState?: PublishRequestState;
  /** When the issue was first asked for; ISO 8601. */
  openingAt?: string;
  /** How often in a row it could not be mirrored. */
  failures: number;
}

/** A discussion that is a worker's for a while. */
export interface LeasedDiscussion extends Discussion {
  lease: Lease;
}

/** What is to be told in the issue. */
export interface PendingMessage {
  id: number;
  /** What it tells; there is one of each key in a request. */
  key: string;
  /** `notice` is the portal's own, and not in the timeline. */
  kind: PublishTimelineEntry['kind'] | 'notice';
  decision?: PublishDecisionKind;
  /** Entity ref, or `system`. */
  actor: string;
  text: string;
  /** The entry of the timeline. */
  entryId?: number;
  /** When it was first asked to be posted; ISO 8601. */
  postingAt?: string;
}

/** A comment as GitHub has it. Times are ISO 8601. */
export interface IssueComment {
  id: number;
  createdAt: string;
  updatedAt: string;
  url: string;
  text: string;
  /** Entity ref, or `github:LOGIN`. */
  actor: string;
}

/** A repository that issues are in. */
export interface DiscussionPlace {
  host: string;
  repositoryId: number;
  /** As it was called last. */
  owner: string;
  name: string;
  /** What was changed before that was looked at; ISO 8601. */
  seenUntil: string;
}

/**
 * Keeps what was told where. Methods that take a {@link LeasedDiscussion} answer `false`, and
 * change nothing, where it is another worker's by now.
 */
export interface DiscussionStore {
  /** One with something to tell, for a worker. */
  claim(options: {
    owner: string;
    now: string;
    until: string;
  }): Promise<LeasedDiscussion | undefined>;
  renew(discussion: LeasedDiscussion, until: string): Promise<boolean>;
  /** Writes down that the issue is about to be opened. */
  noteOpening(discussion: LeasedDiscussion, at: string): Promise<boolean>;
  /** Writes down which issue it is. */
  noteIssue(
    discussion: LeasedDiscussion,
    issue: { repositoryId: number; number: number; url: string },
  ): Promise<boolean>;
  /** What is to be told, oldest first. */
  listPending(requestId: string): Promise<PendingMessage[]>;
  /** Writes down that a message is about to be posted. */
  notePosting(message: PendingMessage, at: string): Promise<void>;
  /** Writes down that a message was posted, and by which comment. */
  notePosted(
    discussion: LeasedDiscussion,
    message: PendingMessage,
    comment: { id: number; url: string; updatedAt: string },
  ): Promise<boolean>;
  noteState(
    discussion: LeasedDiscussion,
    state: PublishRequestState,
  ): Promise<boolean>;
  /** Gives it back, to be taken again where there is more to tell by now. */
  release(discussion: LeasedDiscussion, at: string): Promise<boolean>;
  /** Gives it back, to be tried again. */
  postpone(
    discussion: LeasedDiscussion,
    options: { until: string; error: string },
  ): Promise<boolean>;
  /** Nothing is mirrored any more. */
  end(requestId: string, because: string): Promise<void>;

  /** The discussion of an issue, unless nothing is mirrored any more. */
  find(
    host: string,
    issue: { repositoryId: number; number: number },
  ): Promise<Discussion | undefined>;
  /**
   * Takes a comment over into the timeline, or what it says now.
   *
   * @returns what that changed; `known` where it is the portal's own, or says the same
   */
  takeComment(
    discussion: Discussion,
    comment: IssueComment,
    at: string,
  ): Promise<'added' | 'changed' | 'known'>;
  /**
   * Takes back what a comment said that is not there any more.
   *
   * @returns whether that changed anything
   */
  dropComment(
    host: string,
    commentId: number,
    at: string,
  ): Promise<string | undefined>;
  /** Has the portal say something in an issue, once for each key; and look at its state. */
  addNotice(
    requestId: string,
    notice: { key: string; text: string },
    at: string,
  ): Promise<void>;

  addPlace(place: DiscussionPlace): Promise<void>;
  listPlaces(): Promise<DiscussionPlace[]>;
  noteSeen(place: DiscussionPlace, until: string): Promise<void>;
  /** Discussions under way whose comments were not compared for longest, with those that are thought to be there. */
  listToCompare(
    limit: number,
  ): Promise<{ discussion: Discussion; commentIds: number[] }[]>;
  noteCompared(requestId: string, at: string): Promise<void>;
}
