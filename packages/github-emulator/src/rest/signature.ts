import { Signature } from '../git/GitRepository';
import { timestamp } from '../server/clock';
import { GitHubError } from '../server/GitHubError';
import { RequestBody } from '../server/RequestBody';
import { Account } from '../state/accountRecords';

/** What would end the field of a commit that it stands in. */
const BREAKS_OUT = ['\n', '\r', '\0', '<', '>'];

/**
 * Who wrote a commit and when: what the request says, else the account and now.
 *
 * @throws GitHubError 422 when it could not stand in a commit
 */
export function readSignature(
  body: RequestBody | undefined,
  account: Account,
  now: Date,
): Signature {
  const name = body?.string('name') ?? account.name ?? account.login;
  const email =
    body?.string('email') ??
    account.email ??
    `${account.id}+${account.login}@users.noreply.github.com`;
  const date = body?.string('date') ?? timestamp(now);
  for (const [field, value] of Object.entries({ name, email })) {
    if (
      value.trim() === '' ||
      BREAKS_OUT.some(character => value.includes(character))
    ) {
      throw new GitHubError(
        422,
        `Invalid request.\n\n${JSON.stringify(value)} is not a valid ${field}.`,
      );
    }
  }
  if (Number.isNaN(Date.parse(date))) {
    throw new GitHubError(
      422,
      `Invalid request.\n\n${date} is not a valid date-time.`,
    );
  }
  return { name, email, date: timestamp(new Date(date)) };
}

/**
 * The message of a commit or tag.
 *
 * @throws GitHubError 422 when there is none, or git could not keep it
 */
export function readMessage(body: RequestBody): string {
  const message = body.requiredString('message');
  if (message.includes('\0')) {
    throw new GitHubError(
      422,
      'Invalid request.\n\nmessage must not contain a NUL character.',
    );
  }
  return message;
}
