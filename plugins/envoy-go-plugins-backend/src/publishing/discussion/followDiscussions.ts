import type { DeliveryHandlers } from '../../events';
import type { DiscussionReader } from './DiscussionReader';

/** Has discussions follow what GitHub tells of their issues. Payloads only say where to look. */
export function followDiscussions(
  handlers: DeliveryHandlers,
  reader: DiscussionReader,
): void {
  handlers.on('issue_comment', async ({ repository, issue, comment }) => {
    await reader.readComment(
      new URL(repository.html_url).host,
      { repositoryId: repository.id, number: issue.number },
      comment.id,
    );
  });
  handlers.on('issues', async ({ action, repository, issue }) => {
    if (['closed', 'deleted', 'transferred'].includes(action)) {
      await reader.readIssue(new URL(repository.html_url).host, {
        repositoryId: repository.id,
        number: issue.number,
      });
    }
  });
}
