import { NotFoundError } from '@backstage/errors';
import type { PublishCheck } from '@envoy-go/backstage-plugin-envoy-go-plugins-node';
import type { GitHubDoor } from '../../github';
import { placeOf } from './findings';

/** Whether the licence is among those that are allowed, as GitHub recognises it at the commit. */
export function createLicenceCheck(options: {
  door: GitHubDoor;
  /** SPDX ids. */
  allowed: string[];
}): PublishCheck {
  const { door, allowed } = options;
  return {
    id: 'licence',
    title: 'Licence',
    async run({ host, repository, source, signal }) {
      const mend = `Put the text of one of these licences into a file LICENSE at the repository's root: ${allowed.join(
        ', ',
      )}.`;
      const { owner, repo } = repository;
      let licence;
      try {
        ({ data: licence } = await door
          .asPortal({ host, owner, lane: 'page', signal })
          .rest.licenses.getForRepo({ owner, repo, ref: source.commit }));
      } catch (error) {
        if (!(error instanceof NotFoundError)) {
          throw error;
        }
        const message = 'The repository has no licence, so nobody may use it.';
        return {
          outcome: 'failed',
          summary: message,
          lookedAt: ['The files at the root'],
          findings: [{ severity: 'problem', message, mend }],
        };
      }
      const id = licence.license?.spdx_id ?? 'NOASSERTION';
      const known = id !== 'NOASSERTION' && id !== 'NONE';
      if (known && allowed.includes(id)) {
        return {
          outcome: 'passed',
          summary: `The licence is ${id}.`,
          lookedAt: [licence.path],
          findings: [],
        };
      }
      const message = known
        ? `The licence is ${id}, which is not among those that are allowed.`
        : `GitHub does not recognise the licence in ${licence.path}.`;
      return {
        outcome: 'failed',
        summary: message,
        lookedAt: [licence.path],
        findings: [
          {
            severity: 'problem',
            message,
            mend,
            ...placeOf(source, licence.path),
          },
        ],
      };
    },
  };
}
