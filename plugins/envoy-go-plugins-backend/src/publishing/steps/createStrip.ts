import { sameText } from '../sameText';
import type { PublishStepContext, PublishStepRun } from './PublishStepContext';

const PAGE = { per_page: 100 };

/**
 * Takes away what came with the repository and leads out of the organisation: webhooks,
 * deploy keys, secrets, invitations and collaborators. The author stays as a maintainer; that
 * only the administrators merge is for the next step.
 *
 * @param options - `botIn`: the login of the bot that acts in an organisation
 */
export function createStrip(options: {
  botIn: (host: string, organization: string) => Promise<string>;
}): PublishStepRun {
  return async context => {
    const { host } = context.request;
    await strip(context, await options.botIn(host, context.target.owner));
  };
}

async function strip(context: PublishStepContext, bot: string): Promise<void> {
  const { request, github, target, log } = context;
  const { repos, actions } = github.rest;
  for (const { id, config } of await github.paginate(repos.listWebhooks, {
    ...target,
    ...PAGE,
  })) {
    await repos.deleteWebhook({ ...target, hook_id: id });
    await log(`Removed the webhook to ${hostOf(config.url)}`);
  }
  for (const { id, title } of await github.paginate(repos.listDeployKeys, {
    ...target,
    ...PAGE,
  })) {
    await repos.deleteDeployKey({ ...target, key_id: id });
    await log(`Removed the deploy key "${title}"`);
  }
  for (const { name } of await github.paginate(actions.listRepoSecrets, {
    ...target,
    ...PAGE,
  })) {
    await actions.deleteRepoSecret({ ...target, secret_name: name });
    await log(`Removed the secret ${name}`);
  }
  for (const { id, invitee } of await github.paginate(repos.listInvitations, {
    ...target,
    ...PAGE,
  })) {
    await repos.deleteInvitation({ ...target, invitation_id: id });
    await log(`Took back the invitation of ${invitee?.login ?? 'somebody'}`);
  }
  await removeCollaborators(context, bot);
  await repos.addCollaborator({
    ...target,
    username: request.authorLogin,
    permission: 'maintain',
  });
  await log(`Made ${request.authorLogin} a maintainer`);
}

async function removeCollaborators(
  { request, github, target, log }: PublishStepContext,
  bot: string,
): Promise<void> {
  for (const { login } of await github.paginate(
    github.rest.repos.listCollaborators,
    { ...target, affiliation: 'direct', ...PAGE },
  )) {
    if (!sameText(login, request.authorLogin) && !sameText(login, bot)) {
      await github.rest.repos.removeCollaborator({
        ...target,
        username: login,
      });
      await log(`Removed the collaborator ${login}`);
    }
  }
}

function hostOf(url: string | undefined): string {
  return url && URL.canParse(url) ? new URL(url).host : 'nowhere';
}
