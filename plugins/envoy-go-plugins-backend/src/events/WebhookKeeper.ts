import { randomUUID } from 'node:crypto';
import type { LoggerService } from '@backstage/backend-plugin-api';
import { isError, toError } from '@backstage/errors';
import type { WebhookHealth } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { DeliveryReconciler } from './DeliveryReconciler';
import {
  type HookProblem,
  deliveryProblem,
  settingsProblems,
} from './hookProblems';
import type { HookOwner, HookRecord, HookStore } from './HookStore';
import type {
  Hook,
  HookSettings,
  OrganizationHooks,
} from './OrganizationHooks';
import { WEBHOOK_EVENTS } from './webhookEvents';

/** For how long nobody else looks after a webhook, in milliseconds. */
const LEASE_MS = 600_000;

/** With these nothing arrives. */
const BREAKING: ReadonlySet<HookProblem['reason']> = new Set([
  'missing',
  'inactive',
  'wrong-address',
  'secret-mismatch',
  'unreachable',
] as const);

/**
 * Looks after the webhook of an organisation: whether it is there and as it has to be,
 * whether what it delivers arrives, and what of it did not. Makes and mends it where it is
 * allowed to. Never touches another webhook.
 */
export class WebhookKeeper {
  readonly #owner: HookOwner;
  readonly #settings: HookSettings;
  readonly #manage: boolean;
  readonly #hooks: OrganizationHooks;
  readonly #reconciler: DeliveryReconciler;
  readonly #store: HookStore;
  readonly #logger: LoggerService;
  readonly #now: () => Date;
  readonly #onChanged: () => void;
  readonly #id = randomUUID();

  constructor(
    options: {
      /** Where deliveries have to go, and the secret by which they are signed. */
      url: string;
      secret: string;
      /** Whether the webhook is made and mended, or only looked at. */
      manage: boolean;
      hooks: OrganizationHooks;
      reconciler: DeliveryReconciler;
      store: HookStore;
      logger: LoggerService;
      now: () => Date;
      onChanged: () => void;
    } & HookOwner,
  ) {
    const { host, organization, url, secret } = options;
    this.#owner = { host, organization };
    this.#settings = { url, secret, events: WEBHOOK_EVENTS };
    this.#manage = options.manage;
    this.#hooks = options.hooks;
    this.#reconciler = options.reconciler;
    this.#store = options.store;
    this.#logger = options.logger;
    this.#now = options.now;
    this.#onChanged = options.onChanged;
  }

  /** What was found out last; GitHub is not asked. */
  async getHealth(): Promise<WebhookHealth> {
    const record = await this.#store.get(this.#owner);
    const hookId = record?.hookId;
    const lastDelivery =
      hookId === undefined
        ? undefined
        : await this.#store.getLastDelivery(hookId);
    const problems = [...(record?.problems ?? [])];
    if (
      record &&
      hasMismatch(record, lastDelivery?.at) &&
      problems.every(({ reason }) => reason !== 'secret-mismatch')
    ) {
      problems.push(this.#mismatch());
    }
    return {
      ...this.#owner,
      ...(hookId !== undefined && { hookId: Number(hookId) }),
      ...(record?.url && { url: record.url }),
      state: record?.checkedAt ? stateOf(problems) : 'unknown',
      problems,
      ...(lastDelivery && { lastDelivery }),
      ...(record?.mismatchAt && { lastMismatchAt: record.mismatchAt }),
      ...(record?.reconciledAt && { lastReconciledAt: record.reconciledAt }),
      ...(record?.reconcileFound !== undefined && {
        lastReconcileFound: record.reconcileFound,
      }),
    };
  }

  /** Looks after the webhook when it does not fare well, or that was not done since. */
  async runUnlessDone(since: Date, signal?: AbortSignal): Promise<void> {
    const { state, lastReconciledAt } = await this.getHealth();
    if (
      state !== 'healthy' ||
      lastReconciledAt === undefined ||
      Date.parse(lastReconciledAt) < since.getTime()
    ) {
      await this.run(signal);
    }
  }

  /** Looks after the webhook now, unless another replica does. */
  async run(signal?: AbortSignal): Promise<void> {
    const now = this.#now();
    const leased = await this.#store.lease(this.#owner, {
      by: this.#id,
      now: now.toISOString(),
      until: new Date(now.getTime() + LEASE_MS).toISOString(),
    });
    if (!leased) {
      return;
    }
    try {
      const problems = await this.#attend(now, signal);
      await this.#store.save(this.#owner, {
        state: stateOf(problems),
        problems,
        checkedAt: now.toISOString(),
      });
    } finally {
      await this.#store.release(this.#owner, this.#id);
      this.#onChanged();
    }
  }

  async #attend(now: Date, signal?: AbortSignal): Promise<HookProblem[]> {
    try {
      const record = await this.#store.get(this.#owner);
      const found = await this.#find(record);
      if (found === undefined) {
        return this.#manage
          ? await this.#create(now, signal)
          : [
              {
                reason: 'missing',
                message: `${
                  this.#owner.organization
                } has no webhook that delivers to ${
                  this.#settings.url
                }. Add one on GitHub with content type application/json, the portal's secret and the events ${WEBHOOK_EVENTS.join(
                  ', ',
                )}, or set envoyGoPlugins.github.manageWebhook.`,
              },
            ];
      }
      await this.#remember(found);
      const { attempts, found: missed } = await this.#reconciler.reconcile({
        hookId: found.id,
        comparedUntil: record?.reconciledUntil
          ? new Date(record.reconciledUntil)
          : undefined,
        now,
        signal,
      });
      await this.#store.save(this.#owner, {
        reconciledAt: now.toISOString(),
        reconciledUntil: now.toISOString(),
        reconcileFound: missed,
      });
      return await this.#judge({ hook: found, record, attempts, now, signal });
    } catch (error) {
      return [this.#explain(error)];
    }
  }

  /** The one that was known before, else the one that delivers here. */
  async #find(record: HookRecord | undefined): Promise<Hook | undefined> {
    const hooks = await this.#hooks.list();
    return (
      hooks.find(({ id }) => `${id}` === record?.hookId) ??
      hooks.find(({ config }) => isSameUrl(config.url, this.#settings.url))
    );
  }

  async #create(now: Date, signal?: AbortSignal): Promise<HookProblem[]> {
    const hook = await this.#hooks.create(this.#settings, signal);
    this.#logger.info(
      `Made webhook ${hook.id} of ${
        this.#owner.organization
      }, which delivers to ${this.#settings.url}`,
    );
    await this.#remember(hook);
    await this.#store.save(this.#owner, {
      secretSetAt: now.toISOString(),
      // Of another one nothing is known
      reconciledAt: now.toISOString(),
      reconciledUntil: now.toISOString(),
      reconcileFound: 0,
    });
    return [];
  }

  async #remember({ id }: Hook): Promise<void> {
    const { host, organization } = this.#owner;
    await this.#store.save(this.#owner, {
      hookId: `${id}`,
      url: `https://${host}/organizations/${organization}/settings/hooks/${id}`,
    });
  }

  async #judge(options: {
    hook: Hook;
    record: HookRecord | undefined;
    attempts: Awaited<ReturnType<DeliveryReconciler['reconcile']>>['attempts'];
    now: Date;
    signal?: AbortSignal;
  }): Promise<HookProblem[]> {
    const { hook, record, attempts, now, signal } = options;
    const wrong = settingsProblems(hook, this.#settings);
    const last = await this.#store.getLastDelivery(`${hook.id}`);
    const [newest] = attempts;
    // Since GitHub was asked
    const arrived = last !== undefined && last.at > now.toISOString();
    const setAt = record?.secretSetAt;
    const failing =
      newest === undefined ||
      arrived ||
      (setAt !== undefined &&
        newest.status_code === 401 &&
        Date.parse(newest.delivered_at) < Date.parse(setAt))
        ? undefined
        : deliveryProblem(newest, attempts, this.#settings.url);
    const mismatch =
      failing?.reason === 'secret-mismatch' ||
      (record !== undefined && hasMismatch(record, last?.at));
    if (!this.#manage) {
      return [
        ...wrong,
        ...(mismatch ? [this.#mismatch()] : []),
        ...(failing && failing.reason !== 'secret-mismatch' ? [failing] : []),
        ...(newest === undefined && last === undefined && wrong.length === 0
          ? [
              {
                reason: 'silent' as const,
                message: `Nothing has come from the webhook yet, and GitHub knows of nothing that it sent. Ping it on its page on GitHub.`,
              },
            ]
          : []),
      ];
    }
    if (wrong.length > 0 || mismatch) {
      await this.#hooks.update(
        hook.id,
        {
          ...this.#settings,
          events: hook.events.includes('*')
            ? hook.events
            : [...new Set([...hook.events, ...WEBHOOK_EVENTS])],
        },
        signal,
      );
      await this.#store.save(this.#owner, { secretSetAt: now.toISOString() });
      this.#logger.info(
        `Mended webhook ${hook.id} of ${this.#owner.organization}: ${[
          ...wrong.map(({ reason }) => reason),
          ...(mismatch ? ['secret-mismatch'] : []),
        ].join(', ')}`,
      );
    }
    if (
      mismatch ||
      wrong.length > 0 ||
      failing ||
      (newest === undefined && last === undefined)
    ) {
      // Only another delivery tells how it fares now
      await this.#hooks.ping(hook.id, signal);
    }
    return failing && failing.reason !== 'secret-mismatch' && !wrong.length
      ? [failing]
      : [];
  }

  #mismatch(): HookProblem {
    return {
      reason: 'secret-mismatch',
      message:
        'The webhook signs with another secret than the portal has. Set its secret on GitHub to envoyGoPlugins.github.webhookSecret; what it delivered meanwhile is fetched.',
    };
  }

  #explain(error: unknown): HookProblem {
    const { organization } = this.#owner;
    const name = isError(error) ? error.name : '';
    if (
      ['NotFoundError', 'NotAllowedError', 'AuthenticationError'].includes(name)
    ) {
      return {
        reason: 'not-allowed',
        message: `GitHub does not let the portal see the webhooks of ${organization}. Give its token the scope admin:org_hook and its account the role of an owner, or its GitHub App the organisation permission "Webhooks: read and write".`,
      };
    }
    if (name !== 'ServiceUnavailableError') {
      this.#logger.error(
        `The webhook of ${organization} could not be looked after`,
        toError(error),
      );
    }
    return {
      reason: 'github-unavailable',
      message: `The webhook could not be looked after: ${
        toError(error).message
      }`,
    };
  }
}

/** Whether the last that is known of the secret is that it was wrong. */
function hasMismatch(
  { mismatchAt, secretSetAt }: HookRecord,
  lastDeliveryAt: string | undefined,
): boolean {
  return (
    mismatchAt !== undefined &&
    mismatchAt > (secretSetAt ?? '') &&
    mismatchAt > (lastDeliveryAt ?? '')
  );
}

function stateOf(problems: HookProblem[]): WebhookHealth['state'] {
  const reasons = problems.map(({ reason }) => reason);
  if (reasons.some(reason => BREAKING.has(reason))) {
    return 'broken';
  }
  if (
    reasons.includes('not-allowed') ||
    reasons.includes('github-unavailable')
  ) {
    return 'unknown';
  }
  return reasons.length > 0 ? 'degraded' : 'healthy';
}

function isSameUrl(a: string | undefined, b: string): boolean {
  return a !== undefined && a.replace(/\/+$/, '') === b.replace(/\/+$/, '');
}
