import {
  type PublishCheckFinding,
  validatePluginName,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { PublishCheck } from '@envoy-go/backstage-plugin-envoy-go-plugins-node';
import leven from 'leven';
import { placeOf, reportOf } from './findings';
import { mixesScripts, nameSkeleton } from './nameSkeleton';

/** Names that are shorter than this differ enough when they differ at all. */
const SHORT_NAME = 5;

/** A name that is taken. */
export interface TakenName {
  name: string;
  /** For people: `envoy-plugins/token-auth`. */
  by: string;
}

/** Who has names already. */
export interface TakenNames {
  /** @param of - those of the same repository are left out */
  list(of: {
    host: string;
    repositoryId: number;
    repository: string;
  }): Promise<TakenName[]>;
}

/**
 * Whether the plugin's name is free, and cannot be taken for another's: by its looks, or by a
 * slip of the finger.
 */
export function createNameCheck(names: TakenNames): PublishCheck {
  return {
    id: 'name',
    title: 'Name',
    async run({ host, repository, source, description }) {
      if (!description) {
        return {
          outcome: 'could-not-run',
          summary: 'The description, which has the name, is broken.',
          lookedAt: [],
          findings: [],
        };
      }
      const { name, title = '' } = description.metadata;
      const taken = await names.list({
        host,
        repositoryId: repository.id,
        repository: `${repository.owner}/${repository.repo}`,
      });
      const wrong = validatePluginName(name);
      const messages = [
        ...(wrong === undefined ? [] : [wrong]),
        ...(mixesScripts(title)
          ? [
              `The title "${title}" mixes letters of several scripts that look alike.`,
            ]
          : []),
        ...taken.flatMap(other => {
          const likeness = likenessOf(name, other.name);
          return likeness === undefined
            ? []
            : [`The name "${name}" ${likeness} of ${other.by}.`];
        }),
      ];
      return reportOf({
        lookedAt: [
          'catalog-info.yaml',
          `${taken.length} names of plugins and of requests that are under way`,
        ],
        findings: messages.map(
          (message): PublishCheckFinding => ({
            severity: 'problem',
            message,
            mend: 'Choose another name in catalog-info.yaml (metadata.name), in the Go code and for the repository.',
            ...placeOf(source, 'catalog-info.yaml'),
          }),
        ),
        passed: `The name "${name}" is free, and unlike all others.`,
      });
    },
  };
}

/** How a name can be taken for another, as a part of a sentence. */
function likenessOf(name: string, other: string): string | undefined {
  const [one, two] = [name, other].map(each => each.toLocaleLowerCase('en-US'));
  if (one === two) {
    return 'is taken: it is that';
  }
  if (nameSkeleton(one) === nameSkeleton(two)) {
    return `looks like "${other}", the name`;
  }
  // "a-2" is no slip of "a-1": who counts, means it
  const countless = (text: string) => text.replace(/\d/g, '');
  if (
    one.length >= SHORT_NAME &&
    leven(one, two) <= 1 &&
    countless(one) !== countless(two)
  ) {
    return `differs by one letter only from "${other}", the name`;
  }
  return undefined;
}
