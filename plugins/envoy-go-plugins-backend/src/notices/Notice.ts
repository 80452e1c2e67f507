import type { NotificationSendOptions } from '@backstage/plugin-notifications-node';

/** How urgent it is to read. */
export type NoticeSeverity = NonNullable<
  NotificationSendOptions['payload']['severity']
>;

/** Something that somebody is to be told by a notification of the portal. */
export interface Notice {
  /** Of groups, all members are told. Who owns an entity is looked up when they are told. */
  to:
    | { entityRefs: string[]; except?: string }
    | { ownerOf: string; except?: string };
  title: string;
  /** A sentence or two; of more, the beginning is told. */
  text: string;
  /** Path of the page where there is more, in the portal. */
  link: string;
  severity: NoticeSeverity;
  /** By which people choose what they are told of, such as `envoy-go-plugins.builds`. */
  topic: string;
  /** Of the same scope there is one notification, the latest. */
  scope: string;
}
