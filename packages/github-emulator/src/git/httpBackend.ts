import { spawn } from 'node:child_process';
import { Request, Response } from 'express';
import { grants } from '../apps/neededPermission';
import { Emulator } from '../Emulator';
import { authenticate } from '../server/authentication';
import { GitHubError } from '../server/GitHubError';
import { Viewer } from '../server/Viewer';
import { permits, Repository } from '../state/repositoryRecords';
import { BANNED_CHANGES, REFUSE_WORKFLOWS } from './receiveHook';
import { gitEnvironment } from './runGit';

const SERVICES = ['git-upload-pack', 'git-receive-pack'];

/** A request of git's smart HTTP protocol (https://git-scm.com/docs/http-protocol). */
export interface GitRequest {
  owner: string;
  name: string;
  /** `info/refs`, `git-upload-pack` or `git-receive-pack`. */
  action: string;
}

/** Takes the path of a git request apart; undefined when it is none. */
export function parseGitPath(path: string): GitRequest | undefined {
  const found =
    /^\/([^/]+)\/([^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(
      path,
    );
  return found
    ? {
        owner: decodeURIComponent(found[1]),
        name: decodeURIComponent(found[2]),
        action: found[3],
      }
    : undefined;
}

/** Lets git itself answer a clone, fetch or push, as far as whoever sends it may do that. */
export async function handleGitRequest(
  emulator: Emulator,
  git: GitRequest,
  request: Request,
  response: Response,
): Promise<void> {
  const service =
    git.action === 'info/refs' ? String(request.query.service) : git.action;
  if (!SERVICES.includes(service)) {
    response.status(403).send('Please upgrade your git client.\n');
    return;
  }
  const isPush = service === 'git-receive-pack';
  let viewer: Viewer;
  try {
    viewer = authenticate(emulator, request);
  } catch (error) {
    if (error instanceof GitHubError) {
      askForCredentials(response);
      return;
    }
    throw error;
  }
  const repository = emulator.repositories.find(git.owner, git.name);
  if (
    !repository ||
    !emulator.repositories.isVisible(repository, viewer) ||
    (isPush && !viewer.account)
  ) {
    const former = emulator.repositories.findFormer(git.owner, git.name);
    if (former && emulator.repositories.isVisible(former, viewer)) {
      const fullName = emulator.repositories.fullName(former);
      const query = request.url.split('?')[1];
      response.redirect(
        301,
        emulator.urls.page(
          `/${fullName}.git/${git.action}${query ? `?${query}` : ''}`,
        ),
      );
    } else if (viewer.account) {
      response.status(404).type('text/plain').send('Repository not found.\n');
    } else {
      askForCredentials(response);
    }
    return;
  }
  const refusal = isPush ? whyNotPush(emulator, repository, viewer) : undefined;
  if (refusal) {
    response.status(403).type('text/plain').send(`${refusal}\n`);
    return;
  }
  await emulator.repositories.git(repository).materialize();
  const run = () =>
    runHttpBackend(emulator, repository, viewer, git, request, response);
  if (viewer.account && git.action === 'git-receive-pack') {
    await emulator.pushes.during(repository, viewer.account, run);
    await emulator.store.saved();
  } else {
    await run();
  }
  response.end();
}

function askForCredentials(response: Response): void {
  response
    .status(401)
    .set('www-authenticate', 'Basic realm="GitHub"')
    .type('text/plain')
    .send('Invalid username or token.\n');
}

/** Whether apps may change contents; who else may is a matter of their permission on the repository. */
export function mayPush({ installation }: Viewer): boolean {
  return (
    !installation || grants(installation.token.permissions, 'contents', 'write')
  );
}

function whyNotPush(
  emulator: Emulator,
  repository: Repository,
  viewer: Viewer,
): string | undefined {
  const permission = emulator.repositories.permissionOf(repository, viewer);
  const fullName = emulator.repositories.fullName(repository);
  if (!permits(permission, 'write') || !mayPush(viewer)) {
    return `Permission to ${fullName}.git denied to ${viewer.account?.login}.`;
  }
  return repository.archived
    ? 'This repository was archived so it is read-only.'
    : undefined;
}

async function runHttpBackend(
  emulator: Emulator,
  repository: Repository,
  viewer: Viewer,
  git: GitRequest,
  request: Request,
  response: Response,
): Promise<void> {
  const { headers } = request;
  const header = (name: string) => {
    const value = headers[name];
    return typeof value === 'string' ? value : '';
  };
  const child = spawn('git', ['http-backend'], {
    stdio: 'pipe',
    env: gitEnvironment(
      {
        [BANNED_CHANGES]: bannedChanges(emulator, repository, viewer),
        [REFUSE_WORKFLOWS]: viewer.hasScope('workflow') ? '0' : '1',
        GIT_PROJECT_ROOT: emulator.git.folder,
        GIT_HTTP_EXPORT_ALL: '1',
        PATH_INFO: `/${repository.id}.git/${git.action}`,
        QUERY_STRING: request.url.split('?')[1] ?? '',
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: header('content-type'),
        CONTENT_LENGTH: header('content-length'),
        HTTP_CONTENT_ENCODING: header('content-encoding'),
        GIT_PROTOCOL: header('git-protocol'),
        REMOTE_ADDR: request.socket.remoteAddress ?? '',
        ...(viewer.account && { REMOTE_USER: viewer.account.login }),
      },
      { 'core.hooksPath': emulator.git.hooks },
    ),
  });
  child.stdin.on('error', () => {});
  request.pipe(child.stdin);
  response.on('close', () => {
    if (!response.writableFinished) {
      child.kill();
    }
  });
  await relayCgi(child.stdout, child, response);
}

/** What whoever pushes may not do with branches and tags, as the hook reads it. */
function bannedChanges(
  emulator: Emulator,
  repository: Repository,
  viewer: Viewer,
): string {
  return emulator.rules
    .bans(repository, viewer, 'push')
    .map(({ changes, include, exclude, source, reason }) =>
      [changes.join(), include, exclude, source, reason].join('\t'),
    )
    .join('\n');
}

/** Passes on what a CGI program prints: header lines, an empty line, the body (RFC 3875 section 6). Does not end the response. */
async function relayCgi(
  output: NodeJS.ReadableStream,
  child: NodeJS.EventEmitter,
  response: Response,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let head: Buffer | undefined = Buffer.alloc(0);
    output.on('data', (chunk: Buffer) => {
      if (head === undefined) {
        if (!response.write(chunk)) {
          output.pause();
          response.once('drain', () => output.resume());
        }
        return;
      }
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end >= 0) {
        const body = head.subarray(end + 4);
        writeCgiHead(head.subarray(0, end).toString(), response);
        head = undefined;
        response.write(body);
      }
    });
    child.on('error', reject);
    child.on('close', () => {
      if (head !== undefined && !response.headersSent) {
        response.status(500).type('text/plain');
        response.write('git http-backend gave no answer\n');
      }
      resolve();
    });
  });
}

function writeCgiHead(head: string, response: Response): void {
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === 'status') {
      response.status(Number(value.split(' ')[0]));
    } else {
      response.setHeader(name, value);
    }
  }
}
