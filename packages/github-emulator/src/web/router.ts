import { Request, Response } from 'express';
import Router from 'express-promise-router';
import { Emulator } from '../Emulator';
import { authenticate } from '../server/authentication';
import { encodePath } from '../server/Urls';
import { isPullRequest } from '../state/Discussions';
import { Repository } from '../state/repositoryRecords';
import { avatar } from './avatar';
import { escapeHtml, htmlPage } from './html';

/** Plain pages behind the links that people find in the portal. They show what is public. */
export function createWebRouter(emulator: Emulator) {
  const router = Router();

  /** The repository of a page that whoever asks may see; answers 404 when there is none. */
  const open = (request: Request, response: Response) => {
    const { owner, repo } = request.params;
    const repository = emulator.repositories.find(owner, repo);
    if (
      !repository ||
      !emulator.repositories.isVisible(
        repository,
        authenticate(emulator, request),
      )
    ) {
      sendNotFound(response);
      return undefined;
    }
    return repository;
  };
  const heading = (repository: Repository) => {
    const fullName = emulator.repositories.fullName(repository);
    const [owner, name] = fullName.split('/').map(escapeHtml);
    const base = `/${fullName}`;
    return `<h1><a href="/${owner}">${owner}</a> / <a href="${base}">${name}</a></h1>
      <nav aria-label="Repository"><a href="${base}">Code</a><a href="${base}/issues">Issues</a><a href="${base}/pulls">Pull requests</a><a href="${base}/releases">Releases</a></nav>`;
  };
  const send = (
    response: Response,
    repository: Repository,
    title: string,
    content: string,
  ) =>
    response.send(
      htmlPage(
        `${title} · ${emulator.repositories.fullName(repository)}`,
        `${heading(repository)}${content}`,
      ),
    );
  const login = (id: number) => escapeHtml(emulator.accounts.get(id).login);

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

  router.get('/', (_request, response) => {
    const accounts = emulator.store.collections.accounts.list();
    response.send(
      htmlPage(
        'Accounts',
        `<h1>GitHub on this machine</h1><ul>${accounts
          .map(
            account =>
              `<li><a href="/${account.login}">${escapeHtml(
                account.login,
              )}</a> ${escapeHtml(account.name ?? '')}</li>`,
          )
          .join('')}</ul>`,
      ),
    );
  });

  router.get('/orgs/:org/teams/:team', (request, response) => {
    const organization = emulator.accounts.findOrganization(request.params.org);
    const team =
      organization &&
      emulator.accounts.findTeam(organization.id, request.params.team);
    if (!team) {
      sendNotFound(response);
      return;
    }
    response.send(
      htmlPage(
        team.name,
        `<h1>${escapeHtml(team.name)}</h1><p>${escapeHtml(
          team.description ?? '',
        )}</p><ul>${emulator.accounts
          .teamMembers(team)
          .map(
            member =>
              `<li><a href="/${member.login}">${escapeHtml(
                member.login,
              )}</a></li>`,
          )
          .join('')}</ul>`,
      ),
    );
  });

  router.get(
    '/_codeload/:owner/:repo/legacy.:kind(tar.gz|zip)/:ref',
    async (request, response) => {
      const repository = open(request, response);
      if (!repository) {
        return;
      }
      const git = emulator.repositories.git(repository);
      const commit = await git.resolveCommit(
        request.params.ref.replace(/^refs\//, ''),
      );
      const kind = request.params.kind === 'zip' ? 'zip' : 'tar.gz';
      if (!commit) {
        sendNotFound(response);
        return;
      }
      const fullName = emulator.repositories
        .fullName(repository)
        .replace('/', '-');
      const name = `${fullName}-${commit.slice(0, 7)}`;
      response
        .type(kind === 'zip' ? 'application/zip' : 'application/x-gzip')
        .attachment(`${name}.${kind}`);
      git.archive(commit, kind, name).stdout.pipe(response);
    },
  );

  router.get('/:owner', (request, response) => {
    const account = emulator.accounts.find(request.params.owner);
    if (!account) {
      sendNotFound(response);
      return;
    }
    const viewer = authenticate(emulator, request);
    const list = emulator.repositories
      .ownedBy(account)
      .filter(repository =>
        emulator.repositories.isVisible(repository, viewer),
      );
    response.send(
      htmlPage(
        account.login,
        `<h1>${escapeHtml(account.name ?? account.login)}</h1><p>${escapeHtml(
          account.description ?? account.bio ?? '',
        )}</p><ul>${list
          .map(
            repository =>
              `<li><a href="/${account.login}/${repository.name}">${escapeHtml(
                repository.name,
              )}</a> ${escapeHtml(repository.description ?? '')}</li>`,
          )
          .join('')}</ul>`,
      ),
    );
  });

  const showFiles = async (
    response: Response,
    repository: Repository,
    place: { ref: string; path: string },
  ) => {
    const git = emulator.repositories.git(repository);
    const commit = await git.resolveCommit(place.ref);
    const entry = commit ? await git.entryAt(commit, place.path) : undefined;
    if (!entry) {
      if (!commit && place.path === '') {
        send(
          response,
          repository,
          'Code',
          `<p>This repository is empty. Push to it:</p><pre>git push ${escapeHtml(
            emulator.urls.page(
              `/${emulator.repositories.fullName(repository)}`,
            ),
          )}.git HEAD:${escapeHtml(repository.defaultBranch)}</pre>`,
        );
        return;
      }
      sendNotFound(response);
      return;
    }
    const base = `/${emulator.repositories.fullName(repository)}`;
    if (entry.type === 'blob') {
      const content = await git.readBlob(entry.sha);
      send(
        response,
        repository,
        place.path,
        `<h2>${escapeHtml(place.path)}</h2><p><a href="${base}/raw/${encodePath(
          `${place.ref}/${place.path}`,
        )}">Raw</a></p><pre>${
          content.includes(0)
            ? 'A binary file.'
            : escapeHtml(content.toString())
        }</pre>`,
      );
      return;
    }
    const files = await git.listTree(entry.sha);
    const rows = files.map(file => {
      const path = place.path ? `${place.path}/${file.path}` : file.path;
      const kind = file.type === 'tree' ? 'tree' : 'blob';
      return `<tr><td><a href="${base}/${kind}/${encodePath(
        `${place.ref}/${path}`,
      )}">${escapeHtml(file.path)}${kind === 'tree' ? '/' : ''}</a></td><td>${
        file.size ?? ''
      }</td></tr>`;
    });
    const readme = files.find(file => /^readme(\.\w+)?$/i.test(file.path));
    const text = readme
      ? `<h2>${escapeHtml(readme.path)}</h2><pre>${escapeHtml(
          (await git.readBlob(readme.sha)).toString(),
        )}</pre>`
      : '';
    send(
      response,
      repository,
      'Code',
      `<p>${escapeHtml(repository.description ?? '')}</p>
      <p>★ ${emulator.repositories.starCount(repository)} · ${repository.topics
        .map(escapeHtml)
        .join(', ')}</p>
      <pre>git clone ${escapeHtml(emulator.urls.page(base))}.git</pre>
      <table><thead><tr><th scope="col">Name</th><th scope="col">Bytes</th></tr></thead><tbody>${rows.join(
        '',
      )}</tbody></table>${text}`,
    );
  };

  router.get('/:owner/:repo', async (request, response) => {
    const repository = open(request, response);
    if (repository) {
      await showFiles(response, repository, {
        ref: repository.defaultBranch,
        path: '',
      });
    }
  });

  /** Tells ref and path apart: refs may have slashes, so the longest that is one wins. */
  const split = async (repository: Repository, text: string) => {
    const git = emulator.repositories.git(repository);
    const parts = text.split('/').filter(part => part !== '');
    for (let length = parts.length; length > 0; length -= 1) {
      const ref = parts.slice(0, length).join('/');
      if (await git.resolveCommit(ref)) {
        return { ref, path: parts.slice(length).join('/') };
      }
    }
    return { ref: text, path: text };
  };

  router.get('/:owner/:repo/(blob|tree)/*', async (request, response) => {
    const repository = open(request, response);
    if (repository) {
      const place = await split(repository, Reflect.get(request.params, 1));
      await showFiles(response, repository, place);
    }
  });

  router.get('/:owner/:repo/raw/*', async (request, response) => {
    const repository = open(request, response);
    if (!repository) {
      return;
    }
    const git = emulator.repositories.git(repository);
    const place = await split(repository, Reflect.get(request.params, 0));
    const commit = await git.resolveCommit(place.ref);
    const entry = commit ? await git.entryAt(commit, place.path) : undefined;
    if (entry?.type !== 'blob') {
      sendNotFound(response);
      return;
    }
    response
      .type('text/plain; charset=utf-8')
      .set('x-content-type-options', 'nosniff')
      .send(await git.readBlob(entry.sha));
  });

  router.get('/:owner/:repo/(issues|pulls)', (request, response) => {
    const repository = open(request, response);
    if (!repository) {
      return;
    }
    const pulls = request.path.endsWith('/pulls');
    const base = `/${emulator.repositories.fullName(repository)}`;
    const list = emulator.discussions
      .issues(repository)
      .filter(issue => isPullRequest(issue) === pulls);
    send(
      response,
      repository,
      pulls ? 'Pull requests' : 'Issues',
      `<h2>${pulls ? 'Pull requests' : 'Issues'}</h2><ul>${list
        .map(
          issue =>
            `<li><a href="${base}/${pulls ? 'pull' : 'issues'}/${
              issue.number
            }">#${issue.number} ${escapeHtml(issue.title)}</a> ${
              issue.state
            }, by ${login(issue.authorId)}</li>`,
        )
        .join('')}</ul>`,
    );
  });

  router.get(
    '/:owner/:repo/(issues|pull)/:number(\\d+)',
    (request, response) => {
      const repository = open(request, response);
      const issue =
        repository &&
        emulator.discussions.find(repository, Number(request.params.number));
      if (!repository || !issue) {
        if (!response.headersSent) {
          sendNotFound(response);
        }
        return;
      }
      const comments = emulator.discussions
        .comments(issue)
        .map(
          comment =>
            `<section id="issuecomment-${comment.id}"><h3>${login(
              comment.authorId,
            )}, ${comment.createdAt}</h3><pre>${escapeHtml(
              comment.body,
            )}</pre></section>`,
        )
        .join('');
      send(
        response,
        repository,
        issue.title,
        `<h2>#${issue.number} ${escapeHtml(issue.title)}</h2><p>${
          issue.state
        }, by ${login(issue.authorId)}, ${issue.createdAt}</p><pre>${escapeHtml(
          issue.body ?? '',
        )}</pre>${comments}`,
      );
    },
  );

  router.get('/:owner/:repo/(issues|compare)/new', (request, response) => {
    const repository = open(request, response);
    if (repository) {
      send(
        response,
        repository,
        'New issue',
        '<h2>New issue</h2><p>This page only shows. Issues are made through the REST API here.</p>',
      );
    }
  });

  router.get(
    ['/:owner/:repo/releases', '/:owner/:repo/releases/tag/*'],
    (request, response) => {
      const repository = open(request, response);
      if (!repository) {
        return;
      }
      const tag: unknown = Reflect.get(request.params, 0);
      const list = emulator.releases
        .list(repository)
        .filter(
          release =>
            !release.draft && (tag === undefined || release.tagName === tag),
        );
      if (tag !== undefined && list.length === 0) {
        sendNotFound(response);
        return;
      }
      send(
        response,
        repository,
        'Releases',
        list
          .map(
            release =>
              `<section><h2>${escapeHtml(
                release.name ?? release.tagName,
              )}</h2><p><code>${escapeHtml(release.tagName)}</code>, ${
                release.publishedAt ?? ''
              }, by ${login(release.authorId)}</p><pre>${escapeHtml(
                release.body ?? '',
              )}</pre></section>`,
          )
          .join(''),
      );
    },
  );

  router.get(
    '/:owner/:repo/releases/download/:tag/:name',
    async (request, response) => {
      const repository = open(request, response);
      const release =
        repository &&
        emulator.releases.findByTag(repository, request.params.tag);
      const asset = release?.assets.find(
        ({ name }) => name === request.params.name,
      );
      if (!release || !asset) {
        if (!response.headersSent) {
          sendNotFound(response);
        }
        return;
      }
      const content = await emulator.releases.download(release, asset);
      await emulator.store.saved();
      response.type(asset.contentType).attachment(asset.name).send(content);
    },
  );

  router.get('/:owner/:repo/commit/:sha', async (request, response) => {
    const repository = open(request, response);
    if (!repository) {
      return;
    }
    const git = emulator.repositories.git(repository);
    const sha = await git.resolveCommit(request.params.sha);
    if (!sha) {
      sendNotFound(response);
      return;
    }
    const commit = await git.readCommit(sha);
    const changes = await git.diff(commit.parents[0], sha);
    send(
      response,
      repository,
      commit.message.split('\n')[0],
      `<h2>${sha}</h2><p>${escapeHtml(commit.author.name)}, ${
        commit.author.date
      }</p><pre>${escapeHtml(commit.message)}</pre><ul>${changes
        .map(
          change =>
            `<li>${change.status} ${escapeHtml(change.path)} +${
              change.additions
            } −${change.deletions}</li>`,
        )
        .join('')}</ul>`,
    );
  });

  return router;
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
