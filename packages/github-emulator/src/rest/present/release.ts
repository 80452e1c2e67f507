import { JsonObject } from '@backstage/types';
import { Emulator } from '../../Emulator';
import { encodePath } from '../../server/Urls';
import { nodeId } from '../../state/nodeId';
import { Release, ReleaseAsset } from '../../state/releaseRecords';
import { Repository } from '../../state/repositoryRecords';
import { simpleUserById } from './account';

/** `release`. */
export function presentRelease(
  emulator: Emulator,
  repository: Repository,
  release: Release,
): JsonObject {
  const fullName = emulator.repositories.fullName(repository);
  const api = emulator.urls.api(`/repos/${fullName}`);
  const url = `${api}/releases/${release.id}`;
  const tag = encodePath(release.tagName);
  return {
    url,
    assets_url: `${url}/assets`,
    upload_url: `${emulator.urls.origin}/api/uploads/repos/${fullName}/releases/${release.id}/assets{?name,label}`,
    html_url: emulator.urls.page(`/${fullName}/releases/tag/${tag}`),
    id: release.id,
    author: simpleUserById(emulator, release.authorId),
    node_id: nodeId('Release', release.id),
    tag_name: release.tagName,
    target_commitish: release.targetCommitish,
    name: release.name ?? null,
    draft: release.draft,
    immutable: false,
    prerelease: release.prerelease,
    created_at: release.createdAt,
    published_at: release.publishedAt ?? null,
    assets: release.assets.map(asset =>
      presentAsset(emulator, repository, release, asset),
    ),
    tarball_url: release.draft ? null : `${api}/tarball/${tag}`,
    zipball_url: release.draft ? null : `${api}/zipball/${tag}`,
    body: release.body ?? null,
  };
}

/** `release-asset`. */
export function presentAsset(
  emulator: Emulator,
  repository: Repository,
  release: Release,
  asset: ReleaseAsset,
): JsonObject {
  const fullName = emulator.repositories.fullName(repository);
  return {
    url: emulator.urls.api(`/repos/${fullName}/releases/assets/${asset.id}`),
    browser_download_url: emulator.urls.page(
      `/${fullName}/releases/download/${encodePath(
        release.tagName,
      )}/${encodeURIComponent(asset.name)}`,
    ),
    id: asset.id,
    node_id: nodeId('ReleaseAsset', asset.id),
    name: asset.name,
    label: asset.label ?? '',
    state: 'uploaded',
    content_type: asset.contentType,
    size: asset.size,
    digest: asset.digest,
    download_count: asset.downloadCount,
    created_at: asset.createdAt,
    updated_at: asset.updatedAt,
    uploader: simpleUserById(emulator, asset.uploaderId),
  };
}
