const PREFIXES = {
  User: 'U',
  Organization: 'O',
  Bot: 'BOT',
  App: 'A',
  Installation: 'INS',
  Team: 'T',
  Repository: 'R',
  RepositoryInvitation: 'RI',
  OrganizationInvitation: 'OI',
  Issue: 'I',
  PullRequest: 'PR',
  IssueComment: 'IC',
  PullRequestReview: 'PRR',
  Label: 'LA',
  Release: 'RE',
  ReleaseAsset: 'RA',
  Status: 'SC',
  Ruleset: 'RRS',
  Workflow: 'W',
  Environment: 'EN',
  EnvironmentGate: 'GA',
  Ref: 'REF',
  Commit: 'C',
  Tag: 'TA',
  Tree: 'TR',
  Blob: 'B',
  Topic: 'TO',
  RepositoryTopic: 'RT',
  License: 'L',
} as const;

/** A kind of thing that has a node id. */
export type NodeType = keyof typeof PREFIXES;

/** The global id of a thing, opaque to clients, as GraphQL and REST (`node_id`) show it. */
export function nodeId(type: NodeType, id: number | string): string {
  return `${PREFIXES[type]}_${Buffer.from(String(id)).toString('base64url')}`;
}

/** What a node id stands for; undefined when it is none of ours. */
export function parseNodeId(
  text: string,
): { type: NodeType; id: string } | undefined {
  const separator = text.indexOf('_');
  const prefix = text.slice(0, separator);
  for (const [type, known] of Object.entries(PREFIXES)) {
    if (known === prefix) {
      return {
        type: type as NodeType,
        id: Buffer.from(text.slice(separator + 1), 'base64url').toString(),
      };
    }
  }
  return undefined;
}
