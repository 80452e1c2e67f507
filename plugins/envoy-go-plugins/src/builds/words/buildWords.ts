import type { ComponentType } from 'react';
import type { SvgIconProps } from '@material-ui/core/SvgIcon';
import BuildingIcon from '@material-ui/icons/Autorenew';
import CancelledIcon from '@material-ui/icons/Block';
import FailedIcon from '@material-ui/icons/Cancel';
import PassedIcon from '@material-ui/icons/CheckCircle';
import PublishingIcon from '@material-ui/icons/CloudUploadOutlined';
import QueuedIcon from '@material-ui/icons/HourglassEmpty';
import CouldNotRunIcon from '@material-ui/icons/RemoveCircleOutline';
import type {
  BuildKind,
  BuildState,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Tone } from '../../publishing/words';

/** All states of a build: what happens now, what waits, what is over. */
export const BUILD_STATES: readonly BuildState[] = [
  'building',
  'publishing',
  'queued',
  'failed',
  'could-not-run',
  'passed',
  'cancelled',
];

/** What a state of a build is called, and what it means. */
export const BUILD_STATE_WORDS: Record<
  BuildState,
  {
    label: string;
    meaning: string;
    tone: Tone;
    Icon: ComponentType<SvgIconProps>;
  }
> = {
  queued: {
    label: 'Queued',
    meaning: 'It waits for a runner that is free, or for another attempt.',
    tone: 'neutral',
    Icon: QueuedIcon,
  },
  building: {
    label: 'Building',
    meaning: 'A runner builds it and proves it in Envoy.',
    tone: 'neutral',
    Icon: BuildingIcon,
  },
  publishing: {
    label: 'Publishing',
    meaning: 'It passed; its image is being pushed and signed.',
    tone: 'neutral',
    Icon: PublishingIcon,
  },
  passed: {
    label: 'Passed',
    meaning: 'It was built and proven.',
    tone: 'good',
    Icon: PassedIcon,
  },
  failed: {
    label: 'Failed',
    meaning:
      'It is the plugin’s doing: it does not compile, or a test or its proof fails.',
    tone: 'bad',
    Icon: FailedIcon,
  },
  'could-not-run': {
    label: 'Could not run',
    meaning:
      'Something was missing or broke, as often as it was tried; it is not the plugin’s doing.',
    tone: 'caution',
    Icon: CouldNotRunIcon,
  },
  cancelled: {
    label: 'Cancelled',
    meaning: 'Somebody stopped it, or what it was for is gone.',
    tone: 'neutral',
    Icon: CancelledIcon,
  },
};

/** All kinds of builds, in the order in which they go. */
export const BUILD_KINDS: readonly BuildKind[] = [
  'request',
  'release',
  'rebuild',
];

/** What a kind of build is called, and why it is built. */
export const BUILD_KIND_WORDS: Record<
  BuildKind,
  { label: string; why: string }
> = {
  request: {
    label: 'Request',
    why: 'For the checks of a request to publish it',
  },
  release: { label: 'Release', why: 'It was released on GitHub' },
  rebuild: { label: 'Rebuild', why: 'Somebody wanted it built once more' },
};

/** Whether a build is over: nothing happens to it unless somebody wants it. */
export function isBuildOver(state: BuildState): boolean {
  return ['passed', 'failed', 'could-not-run', 'cancelled'].includes(state);
}
