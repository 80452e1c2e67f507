import type { RootConfigService } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import { isGitHubName } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** How plugins are published; see `config.d.ts`. */
export interface PublishingConfig {
  neededApprovals: number;
  /** SPDX ids. */
  allowedLicences: string[];
  registration: 'location' | 'discovery';
  topics: string[];
  /** In the organisation, where requests are discussed. */
  discussionRepository: string;
}

const DEFAULT_LICENCES = [
  'Apache-2.0',
  'MIT',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MPL-2.0',
];

const DEFAULT_TOPICS = ['envoy', 'envoy-go-plugin'];

/** GitHub's own rule, https://docs.github.com/rest/repos/repos#replace-all-repository-topics */
const TOPIC = /^[a-z0-9][a-z0-9-]{0,49}$/;

/** @throws InputError when a value is not what `config.d.ts` allows */
export function readPublishingConfig(
  config: RootConfigService,
): PublishingConfig {
  const own = config.getOptionalConfig('envoyGoPlugins.publishing');
  const neededApprovals = own?.getOptionalNumber('approvals') ?? 1;
  if (![1, 2].includes(neededApprovals)) {
    throw new InputError(
      `envoyGoPlugins.publishing.approvals: found ${neededApprovals}, allowed is 1 or 2`,
    );
  }
  const registration = own?.getOptionalString('registration') ?? 'location';
  if (registration !== 'location' && registration !== 'discovery') {
    throw new InputError(
      `envoyGoPlugins.publishing.registration: found "${registration}", allowed is "location" or "discovery"`,
    );
  }
  const topics = own?.getOptionalStringArray('topics') ?? DEFAULT_TOPICS;
  const wrong = topics.find(topic => !TOPIC.test(topic));
  if (wrong !== undefined) {
    throw new InputError(
      `envoyGoPlugins.publishing.topics: found "${wrong}", allowed is a topic of GitHub, such as "envoy"`,
    );
  }
  const discussionRepository =
    own?.getOptionalString('discussionRepository') ?? 'plugin-requests';
  if (!isGitHubName(discussionRepository)) {
    throw new InputError(
      `envoyGoPlugins.publishing.discussionRepository: found "${discussionRepository}", allowed is the name of a repository such as "plugin-requests"`,
    );
  }
  return {
    neededApprovals,
    discussionRepository,
    allowedLicences:
      own?.getOptionalStringArray('licences') ?? DEFAULT_LICENCES,
    registration,
    topics,
  };
}
