import { Emulator } from '../Emulator';
import { TreeEntry } from '../git/GitRepository';
import { encodePath } from '../server/Urls';
import { Issue } from '../state/discussionRecords';
import { isPullRequest } from '../state/Discussions';
import { Release } from '../state/releaseRecords';
import { Repository } from '../state/repositoryRecords';
import { escapeHtml, htmlPage } from './html';

/** A file or folder at a branch, tag or commit. */
export interface Place {
  ref: string;
  path: string;
}

/** The pages of a repository. A page that is undefined is about something that is not there. */
export class RepositoryPages {
  readonly #emulator: Emulator;

  constructor(emulator: Emulator) {
    this.#emulator = emulator;
  }

  /** Tells ref and path apart: refs may have slashes, so the longest that is one wins. */
  async split(
    repository: Repository,
    text: string,
  ): Promise<Place | undefined> {
    const git = this.#emulator.repositories.git(repository);
    const parts = text.split('/').filter(part => part !== '');
    for (let length = parts.length; length > 0; length -= 1) {
      const ref = parts.slice(0, length).join('/');
      if (await git.resolveCommit(ref)) {
        return { ref, path: parts.slice(length).join('/') };
      }
    }
    return undefined;
  }

  /** What is at a place; undefined when there is nothing. */
  async entry(
    repository: Repository,
    place: Place,
  ): Promise<TreeEntry | undefined> {
    const git = this.#emulator.repositories.git(repository);
    const commit = await git.resolveCommit(place.ref);
    return commit ? await git.entryAt(commit, place.path) : undefined;
  }

  /** A file, or a folder with its README. */
  async files(
    repository: Repository,
    place: Place,
  ): Promise<string | undefined> {
    const entry = await this.entry(repository, place);
    if (!entry) {
      return repository.pushedAt === undefined && place.path === ''
        ? this.#empty(repository)
        : undefined;
    }
    return entry.type === 'blob'
      ? await this.#file(repository, place, entry)
      : await this.#folder(repository, place, entry);
  }

  /** The list of issues, or of pull requests. */
  issues(repository: Repository, kind: 'issues' | 'pulls'): string {
    const title = kind === 'pulls' ? 'Pull requests' : 'Issues';
    const base = `${this.#base(repository)}/${
      kind === 'pulls' ? 'pull' : 'issues'
    }`;
    const items = this.#emulator.discussions
      .issues(repository)
      .filter(issue => isPullRequest(issue) === (kind === 'pulls'))
      .map(
        issue =>
          `<li><a href="${base}/${issue.number}">#${issue.number} ${escapeHtml(
            issue.title,
          )}</a> ${issue.state}, by ${this.#login(issue.authorId)}</li>`,
      );
    return this.#page(
      repository,
      title,
      `<h2>${title}</h2><ul>${items.join('')}</ul>`,
    );
  }

  /** An issue or pull request with its comments. */
  issue(repository: Repository, issue: Issue): string {
    const comments = this.#emulator.discussions
      .comments(issue)
      .map(
        comment =>
          `<section id="issuecomment-${comment.id}"><h3>${this.#login(
            comment.authorId,
          )}, ${comment.createdAt}</h3><pre>${escapeHtml(
            comment.body,
          )}</pre></section>`,
      );
    return this.#page(
      repository,
      issue.title,
      `<h2>#${issue.number} ${escapeHtml(issue.title)}</h2>
      <p>${issue.state}, by ${this.#login(issue.authorId)}, ${
        issue.createdAt
      }</p><pre>${escapeHtml(issue.body ?? '')}</pre>${comments.join('')}`,
    );
  }

  /** Where the portal's link to a new issue leads. */
  newIssue(repository: Repository): string {
    return this.#page(
      repository,
      'New issue',
      '<h2>New issue</h2><p>These pages only show. Issues are opened through the REST API here.</p>',
    );
  }

  /** Releases with their notes and files, below what can be done about them. */
  releases(repository: Repository, releases: Release[], form = ''): string {
    const base = this.#base(repository);
    const sections = releases.map(release => {
      const files = release.assets.map(
        asset =>
          `<li><a href="${base}/releases/download/${encodePath(
            release.tagName,
          )}/${encodeURIComponent(asset.name)}">${escapeHtml(
            asset.name,
          )}</a></li>`,
      );
      return `<section><h2>${escapeHtml(release.name ?? release.tagName)}</h2>
        <p><code>${escapeHtml(release.tagName)}</code>, ${
        release.publishedAt ?? ''
      }, by ${this.#login(release.authorId)}</p>
        <pre>${escapeHtml(release.body ?? '')}</pre><ul>${files.join(
        '',
      )}</ul></section>`;
    });
    return this.#page(repository, 'Releases', form + sections.join(''));
  }

  /** A commit with the files it changed. */
  async commit(
    repository: Repository,
    name: string,
  ): Promise<string | undefined> {
    const git = this.#emulator.repositories.git(repository);
    const sha = await git.resolveCommit(name);
    if (!sha) {
      return undefined;
    }
    const commit = await git.readCommit(sha);
    const changes = (await git.diff(commit.parents[0], sha)).map(
      change =>
        `<li>${change.status} ${escapeHtml(change.path)} +${
          change.additions
        } −${change.deletions}</li>`,
    );
    return this.#page(
      repository,
      commit.message.split('\n')[0],
      `<h2>${sha}</h2><p>${escapeHtml(commit.author.name)}, ${
        commit.author.date
      }</p><pre>${escapeHtml(commit.message)}</pre><ul>${changes.join(
        '',
      )}</ul>`,
    );
  }

  #empty(repository: Repository): string {
    const remote = this.#emulator.urls.page(`${this.#base(repository)}.git`);
    return this.#page(
      repository,
      'Code',
      `<p>This repository is empty. Push to it:</p><pre>git push ${escapeHtml(
        remote,
      )} HEAD:${escapeHtml(repository.defaultBranch)}</pre>`,
    );
  }

  async #file(
    repository: Repository,
    place: Place,
    entry: TreeEntry,
  ): Promise<string> {
    const content = await this.#emulator.repositories
      .git(repository)
      .readBlob(entry.sha);
    const raw = `${this.#base(repository)}/raw/${encodePath(
      `${place.ref}/${place.path}`,
    )}`;
    const text = content.includes(0) ? 'A binary file.' : content.toString();
    return this.#page(
      repository,
      place.path,
      `<h2>${escapeHtml(place.path)}</h2><p><a href="${raw}">Raw</a></p>
      <pre>${escapeHtml(text)}</pre>`,
    );
  }

  async #folder(
    repository: Repository,
    place: Place,
    entry: TreeEntry,
  ): Promise<string> {
    const git = this.#emulator.repositories.git(repository);
    const base = this.#base(repository);
    const files = await git.listTree(entry.sha);
    const rows = files.map(file => {
      const path = place.path ? `${place.path}/${file.path}` : file.path;
      const isFolder = file.type === 'tree';
      const target = encodePath(`${place.ref}/${path}`);
      return `<tr><td><a href="${base}/${
        isFolder ? 'tree' : 'blob'
      }/${target}">${escapeHtml(file.path)}${isFolder ? '/' : ''}</a></td><td>${
        file.size ?? ''
      }</td></tr>`;
    });
    const readme = files.find(file => /^readme(\.\w+)?$/i.test(file.path));
    const text = readme ? (await git.readBlob(readme.sha)).toString() : '';
    const stars = this.#emulator.repositories.starCount(repository);
    return this.#page(
      repository,
      'Code',
      `<p>${escapeHtml(repository.description ?? '')}</p>
      <p>★ ${stars} · ${repository.topics.map(escapeHtml).join(', ')}</p>
      <pre>git clone ${escapeHtml(this.#emulator.urls.page(base))}.git</pre>
      <table><thead><tr><th scope="col">Name</th><th scope="col">Bytes</th></tr></thead>
      <tbody>${rows.join('')}</tbody></table>
      ${readme ? `<h2>${escapeHtml(readme.path)}</h2>` : ''}
      ${readme ? `<pre>${escapeHtml(text)}</pre>` : ''}`,
    );
  }

  #page(repository: Repository, title: string, content: string): string {
    const fullName = this.#emulator.repositories.fullName(repository);
    const [owner, name] = fullName.split('/').map(escapeHtml);
    const base = this.#base(repository);
    return htmlPage(
      `${title} · ${fullName}`,
      `<h1><a href="/${owner}">${owner}</a> / <a href="${base}">${name}</a></h1>
      <nav aria-label="Repository">
        <a href="${base}">Code</a><a href="${base}/issues">Issues</a>
        <a href="${base}/pulls">Pull requests</a><a href="${base}/releases">Releases</a>
      </nav>${content}`,
    );
  }

  #base(repository: Repository): string {
    return `/${this.#emulator.repositories.fullName(repository)}`;
  }

  #login(id: number): string {
    return escapeHtml(this.#emulator.accounts.get(id).login);
  }
}
