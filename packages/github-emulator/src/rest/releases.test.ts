import { refusal, setupTestEmulator } from '../__testUtils__/setupTestEmulator';

describe('releases', () => {
  const emulator = setupTestEmulator();
  const plugin = { owner: 'envoy-plugins', repo: 'token-auth' };
  const author = () => emulator.client('author');
  const latest = async () =>
    (await author().repos.getLatestRelease(plugin)).data.tag_name;

  it('are the latest one when they are said to be', async () => {
    const { repos } = author();
    const release = (
      tag_name: string,
      change: {
        make_latest?: 'true' | 'false' | 'legacy';
        draft?: boolean;
        prerelease?: boolean;
      } = {},
    ) => repos.createRelease({ ...plugin, tag_name, ...change });
    expect(await latest()).toBe('v1.0.0');
    const { data: old } = await release('v0.9.5', { make_latest: 'false' });
    expect(await latest()).toBe('v1.0.0');
    await release('v1.1.0');
    expect(await latest()).toBe('v1.1.0');
    await release('v1.2.0-rc.1', { prerelease: true });
    expect(await latest()).toBe('v1.1.0');
    await repos.updateRelease({
      ...plugin,
      release_id: old.id,
      make_latest: 'true',
    });
    expect(await latest()).toBe('v0.9.5');
    for (const change of [{ draft: true }, { prerelease: true }]) {
      expect(
        await refusal(release('v2.0.0', { ...change, make_latest: 'true' })),
      ).toMatchObject({
        status: 422,
        fields: ['Latest release cannot be draft or prerelease'],
      });
    }
  });

  it('are made, and as drafts seen, by those who may push', async () => {
    const { data: draft } = await author().repos.createRelease({
      ...plugin,
      tag_name: 'v3.0.0',
      draft: true,
    });
    const outsider = emulator.client('outsider').repos;
    const { data: seen } = await outsider.listReleases(plugin);
    expect(seen.map(({ id }) => id)).not.toContain(draft.id);
    const place = { ...plugin, release_id: draft.id };
    expect(await refusal(outsider.getRelease(place))).toMatchObject({
      status: 404,
    });
    for (const request of [
      outsider.createRelease({ ...plugin, tag_name: 'v9' }),
      outsider.updateRelease({ ...place, draft: false }),
      outsider.deleteRelease(place),
    ]) {
      expect(await refusal(request)).toMatchObject({ status: 403 });
    }
    expect(
      await refusal(author().git.getRef({ ...plugin, ref: 'tags/v3.0.0' })),
    ).toMatchObject({ status: 404 });
    await author().repos.updateRelease({ ...place, draft: false });
    expect(await latest()).toBe('v3.0.0');
  });
});
