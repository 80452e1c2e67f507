import { notFound, validationFailed } from '../server/GitHubError';
import { isRefName } from '../git/names';
import { Release } from '../state/releaseRecords';
import { MAKE_LATEST } from '../state/Releases';
import { permits, Repository } from '../state/repositoryRecords';
import { announceRelease } from '../webhooks/announceRelease';
import { presentAsset, presentRelease } from './present/release';
import { refuseIfProtected } from './protectedBranches';
import { created, noContent, ok, RestRequest } from './RestRequest';
import { Route, route } from './RouteTable';

function mayWrite(request: RestRequest, repository: Repository): boolean {
  return permits(
    request.emulator.repositories.permissionOf(repository, request.viewer),
    'write',
  );
}

/** The release of the path; drafts are seen by those who may write. */
function requireRelease(request: RestRequest, repository: Repository): Release {
  const release = request.emulator.releases.find(
    repository,
    request.number('release_id'),
  );
  if (!release || (release.draft && !mayWrite(request, repository))) {
    throw notFound();
  }
  return release;
}

/** Refuses a release that would make a tag which the viewer may not make. */
async function refuseTag(
  request: RestRequest,
  repository: Repository,
  tag: string,
): Promise<void> {
  const ref = `refs/tags/${tag}`;
  const git = request.emulator.repositories.git(repository);
  if (isRefName(tag) && !(await git.findRef(ref))) {
    refuseIfProtected(request, repository, ref, 'create', 422);
  }
}

function listReleases(request: RestRequest) {
  const repository = request.repository();
  const drafts = mayWrite(request, repository);
  return request.paged(
    request.emulator.releases
      .list(repository)
      .filter(release => drafts || !release.draft),
    release => presentRelease(request.emulator, repository, release),
  );
}

/** @throws GitHubError 422 when what is a draft or a prerelease is said to be the latest release */
function refuseLatest(
  { body }: RestRequest,
  release: { draft?: boolean; prerelease?: boolean },
): void {
  if (
    body.string('make_latest') === 'true' &&
    (release.draft || release.prerelease)
  ) {
    throw validationFailed({
      resource: 'Release',
      code: 'custom',
      field: 'make_latest',
      message: 'Latest release cannot be draft or prerelease',
    });
  }
}

async function createRelease(request: RestRequest) {
  const repository = request.repository('write');
  const { account } = request.signedIn();
  const { body, emulator } = request;
  refuseLatest(request, {
    draft: body.boolean('draft'),
    prerelease: body.boolean('prerelease'),
  });
  if (!body.boolean('draft')) {
    await refuseTag(request, repository, body.requiredString('tag_name'));
  }
  const release = await emulator.pushes.during(repository, account, () =>
    emulator.releases.create(repository, {
      tagName: body.requiredString('tag_name'),
      targetCommitish: body.string('target_commitish'),
      name: body.string('name'),
      body: body.string('body'),
      draft: body.boolean('draft'),
      prerelease: body.boolean('prerelease'),
      makeLatest: body.oneOf('make_latest', MAKE_LATEST),
      authorId: account.id,
    }),
  );
  announceRelease(
    emulator,
    emulator.repositories.get(repository.id),
    account,
    undefined,
    release,
  );
  return created(presentRelease(emulator, repository, release));
}

async function changeRelease(request: RestRequest) {
  const repository = request.repository('write');
  const release = requireRelease(request, repository);
  const { account } = request.signedIn();
  const { body, emulator } = request;
  refuseLatest(request, {
    draft: body.boolean('draft') ?? release.draft,
    prerelease: body.boolean('prerelease') ?? release.prerelease,
  });
  if (!(body.boolean('draft') ?? release.draft)) {
    await refuseTag(
      request,
      repository,
      body.string('tag_name') ?? release.tagName,
    );
  }
  const changed = await emulator.pushes.during(repository, account, () =>
    emulator.releases.change(repository, release, {
      tagName: body.string('tag_name') ?? release.tagName,
      targetCommitish:
        body.string('target_commitish') ?? release.targetCommitish,
      name: body.string('name') ?? release.name,
      body: body.string('body') ?? release.body,
      draft: body.boolean('draft') ?? release.draft,
      prerelease: body.boolean('prerelease') ?? release.prerelease,
      makeLatest: body.oneOf('make_latest', MAKE_LATEST),
    }),
  );
  announceRelease(
    emulator,
    emulator.repositories.get(repository.id),
    account,
    release,
    changed,
  );
  return ok(presentRelease(emulator, repository, changed));
}

function findAsset(request: RestRequest, repository: Repository) {
  const found = request.emulator.releases.findAsset(
    repository,
    request.number('asset_id'),
  );
  if (!found) {
    throw notFound();
  }
  return found;
}

async function uploadAsset(request: RestRequest) {
  const repository = request.repository('write');
  const release = requireRelease(request, repository);
  const { account } = request.signedIn();
  const name = request.query.get('name') ?? '';
  if (!/^[\w.+ -]{1,255}$/.test(name)) {
    throw validationFailed({
      resource: 'ReleaseAsset',
      code: name ? 'invalid' : 'missing_field',
      field: 'name',
    });
  }
  const type = request.headers['content-type'];
  const asset = await request.emulator.releases.addAsset(release, {
    name,
    label: request.query.get('label') ?? undefined,
    contentType: typeof type === 'string' ? type : 'application/octet-stream',
    content: request.rawBody,
    uploaderId: account.id,
  });
  return created(presentAsset(request.emulator, repository, release, asset));
}

async function getAsset(request: RestRequest) {
  const repository = request.repository();
  const { release, asset } = findAsset(request, repository);
  if (request.headers.accept === 'application/octet-stream') {
    return {
      status: 200,
      body: await request.emulator.releases.download(release, asset),
      headers: { 'content-type': asset.contentType },
    };
  }
  return ok(presentAsset(request.emulator, repository, release, asset));
}

/** Where files are attached to releases; GitHub has it on a host of its own. */
export const UPLOAD_PATH = '/repos/{owner}/{repo}/releases/{release_id}/assets';

/** Releases and the files attached to them. */
export const releaseRoutes: Route[] = [
  route('GET', '/repos/{owner}/{repo}/releases', listReleases),
  route('POST', '/repos/{owner}/{repo}/releases', createRelease),
  route('GET', '/repos/{owner}/{repo}/releases/latest', request => {
    const repository = request.repository();
    const release = request.emulator.releases.latest(repository);
    if (!release) {
      throw notFound();
    }
    return ok(presentRelease(request.emulator, repository, release));
  }),
  route('GET', '/repos/{owner}/{repo}/releases/tags/{tag}', request => {
    const repository = request.repository();
    const release = request.emulator.releases.findByTag(
      repository,
      request.params.tag,
    );
    if (!release) {
      throw notFound();
    }
    return ok(presentRelease(request.emulator, repository, release));
  }),
  route('GET', '/repos/{owner}/{repo}/releases/{release_id}', request => {
    const repository = request.repository();
    return ok(
      presentRelease(
        request.emulator,
        repository,
        requireRelease(request, repository),
      ),
    );
  }),
  route('PATCH', '/repos/{owner}/{repo}/releases/{release_id}', changeRelease),
  route(
    'DELETE',
    '/repos/{owner}/{repo}/releases/{release_id}',
    async request => {
      const repository = request.repository('write');
      const release = requireRelease(request, repository);
      announceRelease(
        request.emulator,
        repository,
        request.signedIn().account,
        release,
        undefined,
      );
      await request.emulator.releases.delete(release);
      return noContent();
    },
  ),
  route('GET', UPLOAD_PATH, request => {
    const repository = request.repository();
    const release = requireRelease(request, repository);
    return request.paged(release.assets, asset =>
      presentAsset(request.emulator, repository, release, asset),
    );
  }),
  route('POST', UPLOAD_PATH, uploadAsset),
  route('GET', '/repos/{owner}/{repo}/releases/assets/{asset_id}', getAsset),
  route(
    'DELETE',
    '/repos/{owner}/{repo}/releases/assets/{asset_id}',
    async request => {
      const repository = request.repository('write');
      const { release, asset } = findAsset(request, repository);
      await request.emulator.releases.deleteAsset(release, asset.id);
      return noContent();
    },
  ),
];
