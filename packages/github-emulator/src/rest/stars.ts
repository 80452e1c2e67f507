import { notFound } from '../server/GitHubError';
import { timestamp } from '../server/clock';
import { Star, Subscription } from '../state/repositoryRecords';
import { changeStar } from '../webhooks/announceRepository';
import { simpleUser } from './present/account';
import { presentRepository } from './present/repository';
import { noContent, ok, RestRequest } from './RestRequest';
import { Route, route } from './RouteTable';

function listStarred(request: RestRequest, userId: number) {
  const { repositories, store } = request.emulator;
  const upward = request.query.get('direction') === 'asc';
  const visible = store.collections.stars
    .by('user', userId)
    .filter(star =>
      repositories.isVisible(
        repositories.get(star.repositoryId),
        request.viewer,
      ),
    )
    .sort((a, b) => b.starredAt.localeCompare(a.starredAt));
  return request.paged(upward ? visible.reverse() : visible, (star: Star) => {
    const repo = presentRepository(
      request.emulator,
      repositories.get(star.repositoryId),
      request.viewer,
    );
    return request.media === 'star'
      ? { starred_at: star.starredAt, repo }
      : repo;
  });
}

function listStargazers(request: RestRequest) {
  const repository = request.repository();
  const { accounts, store } = request.emulator;
  return request.paged(
    store.collections.stars.by('repository', repository.id),
    star => {
      const user = simpleUser(request.emulator, accounts.get(star.userId));
      return request.media === 'star'
        ? { starred_at: star.starredAt, user }
        : user;
    },
  );
}

function subscription(request: RestRequest): Subscription | undefined {
  const { account } = request.signedIn();
  const repository = request.repository();
  return request.emulator.store.collections.subscriptions
    .by('repository', repository.id)
    .find(one => one.userId === account.id);
}

function presentSubscription(request: RestRequest, one: Subscription) {
  const { emulator } = request;
  const url = emulator.urls.api(
    `/repos/${emulator.repositories.fullName(request.repository())}`,
  );
  return ok({
    subscribed: one.subscribed,
    ignored: one.ignored,
    reason: null,
    created_at: one.createdAt,
    url: `${url}/subscription`,
    repository_url: url,
  });
}

/** Stars and subscriptions. */
export const starRoutes: Route[] = [
  route('GET', '/user/starred', request =>
    listStarred(request, request.signedIn().account.id),
  ),
  route('GET', '/users/{username}/starred', request =>
    listStarred(request, request.account().id),
  ),
  route('GET', '/repos/{owner}/{repo}/stargazers', listStargazers),
  route('GET', '/user/starred/{owner}/{repo}', request => {
    const { account } = request.signedIn();
    const repository = request.repository();
    if (!request.emulator.repositories.starOf(repository, account.id)) {
      throw notFound();
    }
    return noContent();
  }),
  route('PUT', '/user/starred/{owner}/{repo}', request => {
    const { account } = request.signedIn();
    const repository = request.repository();
    request.requireScope('public_repo');
    changeStar(request.emulator, repository, account, true);
    return noContent();
  }),
  route('DELETE', '/user/starred/{owner}/{repo}', request => {
    const { account } = request.signedIn();
    const repository = request.repository();
    request.requireScope('public_repo');
    changeStar(request.emulator, repository, account, false);
    return noContent();
  }),
  route('GET', '/repos/{owner}/{repo}/subscribers', request =>
    request.paged(
      request.emulator.store.collections.subscriptions.by(
        'repository',
        request.repository().id,
      ),
      one =>
        simpleUser(request.emulator, request.emulator.accounts.get(one.userId)),
    ),
  ),
  route('GET', '/repos/{owner}/{repo}/subscription', request => {
    const one = subscription(request);
    if (!one) {
      throw notFound();
    }
    return presentSubscription(request, one);
  }),
  route('PUT', '/repos/{owner}/{repo}/subscription', request => {
    const { account } = request.signedIn();
    const before = subscription(request);
    const { store, clock } = request.emulator;
    const one = store.collections.subscriptions.put({
      id: before?.id ?? store.nextId(),
      repositoryId: request.repository().id,
      userId: account.id,
      subscribed: request.body.boolean('subscribed') ?? true,
      ignored: request.body.boolean('ignored') ?? false,
      createdAt: before?.createdAt ?? timestamp(clock()),
    });
    return presentSubscription(request, one);
  }),
  route('DELETE', '/repos/{owner}/{repo}/subscription', request => {
    const one = subscription(request);
    if (one) {
      request.emulator.store.collections.subscriptions.delete(one.id);
    }
    return noContent();
  }),
];
