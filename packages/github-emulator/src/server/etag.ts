import { createHash } from 'node:crypto';

/** The entity tag of an answer: weak for JSON, as GitHub's are. */
export function entityTag(content: Buffer, weak: boolean): string {
  const hash = createHash('sha256').update(content).digest('hex');
  return weak ? `W/"${hash}"` : `"${hash}"`;
}

/** Whether `If-None-Match` names an entity tag (weak comparison, RFC 9110 section 13.1.2). */
export function matchesEntityTag(
  ifNoneMatch: string | undefined,
  tag: string,
): boolean {
  const bare = (text: string) => text.trim().replace(/^W\//, '');
  return (ifNoneMatch ?? '')
    .split(',')
    .some(one => one.trim() === '*' || bare(one) === bare(tag));
}
