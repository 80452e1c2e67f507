import { Request, Response, urlencoded } from 'express';
import Router from 'express-promise-router';
import { Emulator } from '../Emulator';
import { authenticate } from '../server/authentication';
import { Repository } from '../state/repositoryRecords';
import { accountPage, accountsPage, teamPage } from './accountPages';
import { avatar } from './avatar';
import { escapeHtml, htmlPage } from './html';
import { publishRelease, releaseForm } from './publishRelease';
import { RepositoryPages } from './RepositoryPages';

/** Shows one page of a repository that may be seen; undefined becomes 404. */
type RepositoryPage = (
  repository: Repository,
  request: Request,
  response: Response,
) => string | undefined | Promise<string | undefined>;

/** Plain pages behind the links that people find in the portal. They show what is public. */
export function createWebRouter(emulator: Emulator) {
  const router = Router();
  const pages = new RepositoryPages(emulator);

  const show = (paths: string | string[], page: RepositoryPage) =>
    router.get(paths, async (request, response) => {
      const { owner, repo } = request.params;
      const former = emulator.repositories.findFormer(owner, repo);
      const old = `/${owner}/${repo}`;
      if (
        former &&
        request.path.startsWith(old) &&
        emulator.repositories.isVisible(former, authenticate(emulator, request))
      ) {
        const fullName = emulator.repositories.fullName(former);
        response.redirect(301, request.url.replace(old, `/${fullName}`));
        return;
      }
      const repository = visibleRepository(emulator, request);
      const html = repository && (await page(repository, request, response));
      if (html !== undefined) {
        response.send(html);
      } else if (!response.headersSent) {
        sendNotFound(response);
      }
    });

  router.get('/', (_request, response) => {
    response.send(accountsPage(emulator));
  });

  router.get('/avatars/:id', (request, response) => {
    const account = emulator.store.collections.accounts.get(
      Number(request.params.id),
    );
    if (!account) {
      sendNotFound(response);
      return;
    }
    response
      .type('image/svg+xml')
      .set('cache-control', 'public, max-age=3600')
      .send(avatar(account));
  });

  // The link in GitHub's mail: whoever has it accepts
  router.post('/_transfers/:id/accept', (request, response) => {
    if (emulator.transfers.take(Number(request.params.id))) {
      response.send(htmlPage('Accepted', '<h1>Accepted</h1>'));
    } else {
      sendNotFound(response);
    }
  });

  router.get('/orgs/:org/teams/:team', (request, response) => {
    const organization = emulator.accounts.findOrganization(request.params.org);
    const team =
      organization &&
      emulator.accounts.findTeam(organization.id, request.params.team);
    if (team) {
      response.send(teamPage(emulator, team));
    } else {
      sendNotFound(response);
    }
  });

  router.get('/:owner', (request, response) => {
    const account = emulator.accounts.find(request.params.owner);
    if (account) {
      const viewer = authenticate(emulator, request);
      response.send(accountPage(emulator, account, viewer));
    } else {
      sendNotFound(response);
    }
  });

  show(
    '/_codeload/:owner/:repo/legacy.:kind(tar.gz|zip)/:ref',
    async (repository, request, response) => {
      await sendArchive(emulator, repository, request.params, response);
      return undefined;
    },
  );

  show('/:owner/:repo', repository =>
    pages.files(repository, { ref: repository.defaultBranch, path: '' }),
  );

  show(
    ['/:owner/:repo/blob/*', '/:owner/:repo/tree/*'],
    async (repository, request) => {
      const place = await pages.split(repository, rest(request));
      return place && (await pages.files(repository, place));
    },
  );

  show('/:owner/:repo/raw/*', async (repository, request, response) => {
    const place = await pages.split(repository, rest(request));
    const entry = place && (await pages.entry(repository, place));
    if (entry?.type === 'blob') {
      response
        .type('text/plain; charset=utf-8')
        .set('x-content-type-options', 'nosniff')
        .send(await emulator.repositories.git(repository).readBlob(entry.sha));
    }
    return undefined;
  });

  show('/:owner/:repo/issues', repository =>
    pages.issues(repository, 'issues'),
  );
  show('/:owner/:repo/pulls', repository => pages.issues(repository, 'pulls'));
  show('/:owner/:repo/issues/new', repository => pages.newIssue(repository));
  show(
    ['/:owner/:repo/issues/:number(\\d+)', '/:owner/:repo/pull/:number(\\d+)'],
    (repository, request) => {
      const issue = emulator.discussions.find(
        repository,
        Number(request.params.number),
      );
      return issue && pages.issue(repository, issue);
    },
  );

  const published = (repository: Repository) =>
    emulator.releases.list(repository).filter(release => !release.draft);
  show('/:owner/:repo/releases', repository =>
    pages.releases(
      repository,
      published(repository),
      releaseForm(emulator, repository),
    ),
  );
  router.post(
    '/:owner/:repo/releases',
    urlencoded({ extended: false }),
    async (request, response) => {
      const repository = visibleRepository(emulator, request);
      const { login, tag, notes } = request.body;
      const account = emulator.accounts.find(String(login));
      if (!repository || account?.type !== 'User') {
        sendNotFound(response);
        return;
      }
      const refusal = await publishRelease(emulator, repository, {
        account,
        tag: String(tag ?? ''),
        notes: String(notes ?? ''),
      });
      if (refusal === undefined) {
        response.redirect(303, request.originalUrl);
        return;
      }
      response
        .status(422)
        .send(
          htmlPage(
            'Not published',
            `<h1>Not published</h1><pre>${escapeHtml(refusal)}</pre>`,
          ),
        );
    },
  );
  show('/:owner/:repo/releases/tag/*', (repository, request) => {
    const found = published(repository).filter(
      release => release.tagName === rest(request),
    );
    return found.length > 0 ? pages.releases(repository, found) : undefined;
  });
  show(
    '/:owner/:repo/releases/download/:tag/:name',
    async (repository, request, response) => {
      const { tag, name } = request.params;
      const release = emulator.releases.findByTag(repository, tag);
      const asset = release?.assets.find(one => one.name === name);
      if (release && asset) {
        const content = await emulator.releases.download(release, asset);
        await emulator.store.saved();
        response.type(asset.contentType).attachment(asset.name).send(content);
      }
      return undefined;
    },
  );

  show('/:owner/:repo/commit/*', (repository, request) =>
    pages.commit(repository, rest(request)),
  );

  return router;
}

/** What a path has where its pattern has a star. */
function rest(request: Request): string {
  return String(Reflect.get(request.params, 0));
}

function visibleRepository(
  emulator: Emulator,
  request: Request,
): Repository | undefined {
  const { owner, repo } = request.params;
  const repository = emulator.repositories.find(owner, repo);
  const viewer = authenticate(emulator, request);
  return repository && emulator.repositories.isVisible(repository, viewer)
    ? repository
    : undefined;
}

async function sendArchive(
  emulator: Emulator,
  repository: Repository,
  params: Record<string, string>,
  response: Response,
): Promise<void> {
  const git = emulator.repositories.git(repository);
  const commit = await git.resolveCommit(params.ref.replace(/^refs\//, ''));
  if (!commit) {
    sendNotFound(response);
    return;
  }
  const kind = params.kind === 'zip' ? 'zip' : 'tar.gz';
  const fullName = emulator.repositories.fullName(repository);
  const name = `${fullName.replace('/', '-')}-${commit.slice(0, 7)}`;
  response
    .type(kind === 'zip' ? 'application/zip' : 'application/x-gzip')
    .attachment(`${name}.${kind}`);
  response.flushHeaders();
  const archive = git.archive(commit, kind, name);
  response.on('close', () => archive.kill());
  archive.stdout.pipe(response);
}

function sendNotFound(response: Response): void {
  response
    .status(404)
    .send(
      htmlPage(
        'Not found',
        '<h1>Not found</h1><p>This is not the page you are looking for.</p>',
      ),
    );
}
