import { GitHubError, validationFailed } from '../server/GitHubError';
import { readPage } from '../server/paging';
import { permits, Repository } from '../state/repositoryRecords';
import { contentSummary } from './present/git';
import { presentIssue } from './present/discussion';
import { presentRepository } from './present/repository';
import { RestRequest } from './RestRequest';
import { Route, route } from './RouteTable';

/** A search: free words and `key:value` pairs. */
interface SearchQuery {
  words: string[];
  qualifiers: Map<string, string[]>;
}

function readQuery(request: RestRequest): SearchQuery {
  const text = request.query.get('q') ?? '';
  if (text.trim() === '') {
    throw validationFailed({
      resource: 'Search',
      field: 'q',
      code: 'missing',
    });
  }
  const query: SearchQuery = { words: [], qualifiers: new Map() };
  for (const [term] of text.matchAll(/[\w-]+:"[^"]*"|"[^"]*"|\S+/g)) {
    const colon = term.indexOf(':');
    if (colon > 0) {
      const key = term.slice(0, colon).toLowerCase();
      const value = term.slice(colon + 1).replace(/^"|"$/g, '');
      query.qualifiers.set(key, [...(query.qualifiers.get(key) ?? []), value]);
    } else {
      query.words.push(term.replace(/^"|"$/g, ''));
    }
  }
  return query;
}

/** Repositories within `repo:`, `user:` and `org:` that the viewer sees. */
function searched(request: RestRequest, query: SearchQuery): Repository[] {
  const { repositories } = request.emulator;
  const names = query.qualifiers.get('repo') ?? [];
  const owners = [
    ...(query.qualifiers.get('user') ?? []),
    ...(query.qualifiers.get('org') ?? []),
  ].map(login => login.toLowerCase());
  const named = new Set(names.map(name => name.toLowerCase()));
  const found = repositories
    .list()
    .filter(
      repository =>
        repositories.isVisible(repository, request.viewer) &&
        ((named.size === 0 && owners.length === 0) ||
          named.has(repositories.fullName(repository).toLowerCase()) ||
          owners.includes(repositories.owner(repository).login.toLowerCase())),
    );
  if (names.length > 0 && found.length === 0) {
    throw validationFailed({
      resource: 'Search',
      field: 'q',
      code: 'invalid',
      message:
        'The listed users and repositories cannot be searched either because the resources do not exist or you do not have permission to view them.',
    });
  }
  return found;
}

async function searchCode(request: RestRequest) {
  const { emulator } = request;
  if (!request.viewer.account) {
    throw new GitHubError(401, 'Requires authentication');
  }
  const query = readQuery(request);
  const lower = (key: string) =>
    (query.qualifiers.get(key) ?? []).map(value => value.toLowerCase());
  const fileNames = lower('filename');
  const extensions = lower('extension');
  const paths = lower('path');
  const items = [];
  for (const repository of searched(request, query)) {
    const git = emulator.repositories.git(repository);
    const head = await git.resolveCommit(repository.defaultBranch);
    const files = head ? await git.listTree(head, { recursive: true }) : [];
    for (const file of files.filter(entry => entry.type === 'blob')) {
      const path = file.path.toLowerCase();
      const name = path.split('/').pop() ?? '';
      const matches =
        fileNames.every(wanted => name.includes(wanted)) &&
        extensions.every(wanted => name.endsWith(`.${wanted}`)) &&
        paths.every(wanted =>
          wanted === '/'
            ? !path.includes('/')
            : path.startsWith(wanted.replace(/^\//, '')),
        );
      if (!matches) {
        continue;
      }
      if (query.words.length > 0) {
        const text = (await git.readBlob(file.sha)).toString().toLowerCase();
        if (!query.words.every(word => text.includes(word.toLowerCase()))) {
          continue;
        }
      }
      const summary = contentSummary(emulator, repository, head ?? '', file);
      items.push({
        name: summary.name,
        path: summary.path,
        sha: summary.sha,
        url: summary.url,
        git_url: summary.git_url,
        html_url: summary.html_url,
        repository: presentRepository(emulator, repository, request.viewer),
        score: 1,
      });
    }
  }
  const { offset, perPage } = readPage(request.query);
  const page = request.list(
    items.slice(offset, offset + perPage),
    items.length,
  );
  return {
    ...page,
    body: {
      total_count: items.length,
      incomplete_results: false,
      items: items.slice(offset, offset + perPage),
    },
  };
}

function searchRepositories(request: RestRequest) {
  const { emulator } = request;
  const query = readQuery(request);
  const topics = query.qualifiers.get('topic') ?? [];
  const languages = (query.qualifiers.get('language') ?? []).map(language =>
    language.toLowerCase(),
  );
  const found = searched(request, query).filter(repository => {
    const text = `${repository.name} ${
      repository.description ?? ''
    } ${repository.topics.join(' ')}`.toLowerCase();
    return (
      query.words.every(word => text.includes(word.toLowerCase())) &&
      topics.every(topic => repository.topics.includes(topic)) &&
      languages.every(language =>
        Object.keys(repository.languages).some(
          one => one.toLowerCase() === language,
        ),
      )
    );
  });
  const sort = request.query.get('sort');
  const sign = request.query.get('order') === 'asc' ? 1 : -1;
  const key = (repository: Repository): number => {
    switch (sort) {
      case 'forks':
        return emulator.repositories.forks(repository).length;
      case 'updated':
        return Date.parse(repository.updatedAt);
      default:
        return emulator.repositories.starCount(repository);
    }
  };
  found.sort((a, b) => sign * (key(a) - key(b)));
  const { offset, perPage } = readPage(request.query);
  return {
    ...request.list([], found.length),
    body: {
      total_count: found.length,
      incomplete_results: false,
      items: found.slice(offset, offset + perPage).map(repository => ({
        ...presentRepository(emulator, repository, request.viewer),
        score: 1,
      })),
    },
  };
}

function searchIssues(request: RestRequest) {
  const { emulator } = request;
  const query = readQuery(request);
  const is = [
    ...(query.qualifiers.get('is') ?? []),
    ...(query.qualifiers.get('type') ?? []),
  ];
  const states = [
    ...(query.qualifiers.get('state') ?? []),
    ...is.filter(value => value === 'open' || value === 'closed'),
  ];
  const labels = query.qualifiers.get('label') ?? [];
  const authors = query.qualifiers.get('author') ?? [];
  const found = searched(request, query)
    .filter(repository =>
      permits(
        emulator.repositories.permissionOf(repository, request.viewer),
        'read',
      ),
    )
    .flatMap(repository =>
      emulator.discussions
        .issues(repository)
        .filter(
          issue =>
            states.every(state => issue.state === state) &&
            (!is.includes('issue') || !issue.pull) &&
            (!is.includes('pr') || issue.pull !== undefined) &&
            labels.every(label =>
              emulator.discussions
                .labelsOf(issue)
                .some(one => one.name === label),
            ) &&
            authors.every(
              author => emulator.accounts.get(issue.authorId).login === author,
            ) &&
            query.words.every(word =>
              `${issue.title} ${issue.body ?? ''}`
                .toLowerCase()
                .includes(word.toLowerCase()),
            ),
        )
        .map(issue => ({ repository, issue })),
    )
    .sort((a, b) => b.issue.createdAt.localeCompare(a.issue.createdAt));
  const { offset, perPage } = readPage(request.query);
  return {
    ...request.list([], found.length),
    body: {
      total_count: found.length,
      incomplete_results: false,
      search_type: 'lexical',
      items: found
        .slice(offset, offset + perPage)
        .map(({ repository, issue }) => ({
          ...presentIssue(emulator, repository, issue),
          body: issue.body ?? '',
          score: 1,
        })),
    },
  };
}

/** Search. */
export const searchRoutes: Route[] = [
  route('GET', '/search/code', searchCode, 'code_search'),
  route('GET', '/search/repositories', searchRepositories, 'search'),
  route('GET', '/search/issues', searchIssues, 'search'),
];
