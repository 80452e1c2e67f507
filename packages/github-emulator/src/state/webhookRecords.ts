/** An address that is told what happens in an organisation or in a repository. */
export interface Webhook {
  id: number;
  /** The organisation or the repository that it watches, or the app that it belongs to. */
  target: { type: 'organization' | 'repository' | 'app'; id: number };
  url: string;
  contentType: 'json' | 'form';
  secret?: string;
  insecureSsl: '0' | '1';
  /** Names of events; `*` stands for all of them. */
  events: string[];
  active: boolean;
  createdAt: string;
  updatedAt: string;
}

/** Something that happened, as all webhooks that want to know are told. */
export interface WebhookEvent {
  id: number;
  guid: string;
  name: string;
  action?: string;
  repositoryId?: number;
  /** The installation that an app is told of it for. */
  installationId?: number;
  /** The JSON that is sent. */
  payload: string;
  createdAt: string;
}

/** How an attempt to deliver ended. */
export interface DeliveryOutcome {
  deliveredAt: string;
  /** In seconds. */
  duration: number;
  status: string;
  statusCode: number;
  url: string;
  requestHeaders: Record<string, string>;
  responseHeaders: Record<string, string>;
  responseBody?: string;
}

/** One attempt to tell a webhook of an event. There is never more than one attempt of one delivery. */
export interface WebhookDelivery {
  id: number;
  hookId: number;
  eventId: number;
  redelivery: boolean;
  state: 'waiting' | 'sending' | 'done';
  /** There once the delivery is done. */
  outcome?: DeliveryOutcome;
}
