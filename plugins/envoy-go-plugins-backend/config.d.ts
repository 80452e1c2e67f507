import type { SchedulerServiceTaskScheduleDefinitionConfig } from '@backstage/backend-plugin-api';
import type { HumanDuration } from '@backstage/types';

export interface Config {
  /** Envoy Go Plugins. All of it is optional, and none of it reaches the browser. */
  envoyGoPlugins?: {
    /**
     * The group whose members administer: the ref of its entity, such as
     * `group:default/admins`. They need the permission `envoy-go-plugins.administer`, too;
     * where the portal permits everything, membership still decides.
     * Default: none, so that nobody administers.
     * @visibility backend
     */
    adminTeam?: string;
    marketplace?: {
      /**
       * The minor versions of Envoy that the marketplace offers as a facet. A plugin has
       * those that its range (`spec.envoy`) admits.
       * Default: those that this release of the plugin knows, 1.36 to 1.40.
       * @visibility backend
       */
      envoyVersions?: string[];
      /**
       * How often the whole catalog is compared with the marketplace. New and changed
       * plugins do not wait for it: they are told of by events.
       * Default: every 5 minutes, with a timeout of 10.
       * @visibility backend
       */
      reconcileSchedule?: SchedulerServiceTaskScheduleDefinitionConfig;
    };
    /** How releases are built. */
    builds?: {
      /**
       * Where build runners mount: `HOST:PORT`, or `unix:/PATH`. Each replica has its own;
       * one without it takes no runners.
       * Default: none.
       * @visibility backend
       */
      listen?: string;
      /**
       * Any of these a runner has to show, at least 16 characters each. Several, so that
       * they can be changed without a pause.
       * @deepVisibility secret
       */
      runnerTokens?: string[];
      /** Needed where runners are on other machines. Default: not encrypted. */
      tls?: {
        /**
         * The certificate with those between it and its authority: PEM.
         * @visibility backend
         */
        certificate: string;
        /**
         * Its private key: PEM.
         * @visibility secret
         */
        key: string;
        /**
         * The authority whose certificates runners have to show: PEM.
         * Default: none has to.
         * @visibility backend
         */
        clientCa?: string;
      };
      /**
       * How long one attempt at a build may take, until it is published; a minute to a day.
       * Default: 30 minutes.
       * @visibility backend
       */
      timeout?: HumanDuration | string;
      /**
       * Absolute path of the folder for what is being built, at most some hundred megabytes
       * for each build at a time.
       * Default: `envoy-go-plugins-builds` in the system's folder for temporary files.
       * @visibility backend
       */
      workDirectory?: string;
      /**
       * Which releases are built that were published before a plugin came into the store:
       * the latest, or all.
       * Default: latest.
       * @visibility backend
       */
      olderReleases?: 'latest' | 'all';
      /**
       * How long the logs of builds are kept after they have ended; a day to 10,000 days.
       * What came of them stays.
       * Default: 90 days.
       * @visibility backend
       */
      keepLogsFor?: HumanDuration | string;
    };
    /** Where the images of releases go. Without it nothing is published. */
    registry?: {
      /**
       * Host and beginning of the path of all images, such as
       * `registry.example.com/envoy-plugins`; the plugin's name follows.
       * @visibility backend
       */
      repository: string;
      /**
       * As whom images are pushed; with `password`, or neither.
       * Default: nobody.
       * @visibility backend
       */
      username?: string;
      /**
       * Its password, or a token in its place.
       * @visibility secret
       */
      password?: string;
      /**
       * Whether the registry may be spoken to without TLS. One on this machine always may.
       * Default: false.
       * @visibility backend
       */
      insecure?: boolean;
      /**
       * Makes the backend the token server of a Docker Distribution registry: everybody pulls
       * what they see in the marketplace, and only the backend, by the username and password
       * beside this, pushes and deletes. README.md has what the registry's `auth.token` needs.
       * Default: the registry decides by itself who may do what.
       */
      tokenServer?: {
        /**
         * Who gives out tokens; the same as `auth.token.issuer` of the registry.
         * Default: envoy-go-plugins.
         * @visibility backend
         */
        issuer?: string;
        /**
         * Whom they are for; the same as `auth.token.service` of the registry.
         * Default: the host of `repository`.
         * @visibility backend
         */
        service?: string;
        /**
         * The private key that tokens are signed with: PEM, RSA or P-256, not encrypted;
         * with `certificate`, or neither.
         * Default: one that is made on first use and kept in the plugin's database.
         * @visibility secret
         */
        privateKey?: string;
        /**
         * A certificate of that key, PEM; the registry's `auth.token.rootcertbundle` has it.
         * @visibility backend
         */
        certificate?: string;
      };
      /** How the registry tells of pulls, which versions then show. */
      notifications?: {
        /**
         * The secret of the registry's `notifications.endpoints`, which it sends as
         * `Authorization: Bearer SECRET`; 16 characters or more.
         * Default: none, so that pulls are not counted.
         * @visibility secret
         */
        secret?: string;
      };
    };
    /** By what releases are signed. Without it they are not. */
    signing?: {
      /**
       * The private key that `cosign generate-key-pair` has made: PEM.
       * @visibility secret
       */
      privateKey: string;
      /**
       * The password that it is encrypted with.
       * Default: empty.
       * @visibility secret
       */
      password?: string;
    };
    /** Paths of programs. */
    tools?: {
      /**
       * Default: the one on the PATH, else one that is installed through the Go module proxy.
       * @visibility backend
       */
      crane?: string;
      /**
       * Default: as with crane.
       * @visibility backend
       */
      cosign?: string;
    };
    /** How plugins are published into `github.organization`. */
    publishing?: {
      /**
       * How many administrators must approve a request, 1 or 2. Nobody approves their own.
       * Default: 1.
       * @visibility backend
       */
      approvals?: number;
      /**
       * SPDX ids of the licences that plugins may have.
       * Default: Apache-2.0, MIT, BSD-2-Clause, BSD-3-Clause, ISC, MPL-2.0.
       * @visibility backend
       */
      licences?: string[];
      /**
       * How the catalog learns of a plugin that was published: `location` tells it, and
       * `discovery` waits until a provider of the portal's finds it.
       * Default: location.
       * @visibility backend
       */
      registration?: 'location' | 'discovery';
      /**
       * The topics that published repositories get on GitHub, besides their own.
       * Default: envoy, envoy-go-plugin.
       * @visibility backend
       */
      topics?: string[];
      /**
       * The repository of `github.organization` in whose issues requests are discussed, too.
       * Where there is none the portal makes it, for everybody to see, if it may create
       * repositories; make a private one by hand where requests are nobody else's business.
       * Default: plugin-requests.
       * @visibility backend
       */
      discussionRepository?: string;
    };
    /** What is read of the plugins' repositories, through `integrations.github`. */
    github?: {
      /**
       * The GitHub of `organization`.
       * Default: the only host of `integrations.github` besides github.com, else github.com.
       * @visibility backend
       */
      host?: string;
      /**
       * Login of the organisation that is the store: its members, teams and invitations are
       * managed in the portal, and its webhook is watched.
       * Default: none.
       * @visibility backend
       */
      organization?: string;
      /**
       * How long GitHub may take to answer before it counts as not answering. Pages do not
       * wait for it: they show what is stored.
       * Default: 10 seconds.
       * @visibility backend
       */
      timeout?: HumanDuration | string;
      /**
       * How old what is known of a repository may become before GitHub is asked whether
       * anything changed, which for a hundred repositories is one request.
       * Default: an hour, or 6 where webhooks tell of changes; a minute or more.
       * @visibility backend
       */
      maxFactsAge?: HumanDuration | string;
      /**
       * How often it is looked for repositories of which that is due, and for outdated READMEs,
       * releases and the like. One backend at a time does it.
       * Default: every minute, with a timeout of 15.
       * @visibility backend
       */
      sweepSchedule?: SchedulerServiceTaskScheduleDefinitionConfig;
      /**
       * Whether GitHub's webhooks are taken in, at
       * `/api/envoy-go-plugins/webhooks/github`. Where they are the backend does not start
       * without `webhookSecret`.
       * Default: whether there is a `webhookSecret`.
       * @visibility backend
       */
      webhooks?: boolean;
      /**
       * The secret of the webhook on GitHub, by which deliveries are signed.
       * @visibility secret
       */
      webhookSecret?: string;
      /**
       * How large a delivery may be, in bytes.
       * Default: what GitHub sends at most, 25 MB (26214400).
       * @visibility backend
       */
      webhookMaxBodyBytes?: number;
      /**
       * Where GitHub reaches the portal, or the process `event-intake`, with deliveries.
       * Default: `backend.baseUrl` with `/api/envoy-go-plugins/webhooks/github`.
       * @visibility backend
       */
      webhookUrl?: string;
      /**
       * Whether the portal makes the webhook of `organization`, and mends its address,
       * events and secret. For that the portal's token needs the scope `admin:org_hook`, or
       * its GitHub App the organisation permission "Webhooks: read and write". Other
       * webhooks are never touched.
       * Default: false; the webhook's health is shown all the same.
       * @visibility backend
       */
      manageWebhook?: boolean;
      /**
       * How often GitHub's deliveries are compared with those that arrived, and what is
       * missing is fetched. That is done at the start, and every minute while the webhook
       * does not fare well, too.
       * Default: every 10 minutes, with a timeout of 10.
       * @visibility backend
       */
      reconcileSchedule?: SchedulerServiceTaskScheduleDefinitionConfig;
      /**
       * How long deliveries are kept that were handled or ignored.
       * Default: 30 days.
       * @visibility backend
       */
      keepDeliveriesFor?: HumanDuration | string;
      /**
       * How long deliveries are kept that failed too often.
       * Default: 90 days.
       * @visibility backend
       */
      keepDeadDeliveriesFor?: HumanDuration | string;
    };
  };
}
