import { findRepository } from '../findRepository';
import type { PublishStepRun } from './PublishStepContext';

/** GitHub lets a repository have so many. */
const MOST_TOPICS = 20;

/** Adds topics to those that the repository has. */
export function createSetTopics(options: { topics: string[] }): PublishStepRun {
  return async ({ request, github, target, log }) => {
    const { topics } = await findRepository(github, request.repositoryId);
    const names = [...new Set([...options.topics, ...topics])].slice(
      0,
      MOST_TOPICS,
    );
    await github.rest.repos.replaceAllTopics({ ...target, names });
    await log(`Its topics are ${names.join(', ')}`);
  };
}
