import type { PublishRequest } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** How far a request has come with one of the things that have to happen. */
export interface RequestStage {
  title: string;
  progress: 'done' | 'current' | 'failed' | 'ahead';
}

const AFTER_REVIEW = [
  'approved',
  'publishing',
  'publishing-failed',
  'published',
  'aborted',
];

/** What has to happen until a plugin is published, and how far a request has come with it. */
export function requestStages(request: PublishRequest): RequestStage[] {
  const { state, checks, bot } = request;
  const reviewed = AFTER_REVIEW.includes(state);
  const checked =
    reviewed ||
    (state !== 'checking' && checks.failed === 0 && checks.passed > 0);
  const done = {
    Checks: checked,
    'Hand over': reviewed || ['admin', 'not-needed'].includes(bot.state),
    Review: reviewed,
    Publication: state === 'published',
  };
  const failed = {
    Checks: state !== 'checking' && checks.failed > 0,
    'Hand over': false,
    Review: state === 'rejected',
    Publication: state === 'publishing-failed' || state === 'aborted',
  };
  const titles = ['Checks', 'Hand over', 'Review', 'Publication'] as const;
  const current =
    state === 'withdrawn' ? undefined : titles.find(title => !done[title]);
  return titles.map(title => {
    if (failed[title]) {
      return { title, progress: 'failed' };
    }
    if (done[title]) {
      return { title, progress: 'done' };
    }
    return { title, progress: title === current ? 'current' : 'ahead' };
  });
}
