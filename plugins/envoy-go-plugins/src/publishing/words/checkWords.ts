import type { ComponentType } from 'react';
import type { SvgIconProps } from '@material-ui/core/SvgIcon';
import FailedIcon from '@material-ui/icons/Cancel';
import PassedIcon from '@material-ui/icons/CheckCircle';
import CouldNotRunIcon from '@material-ui/icons/RemoveCircleOutline';
import WaitingIcon from '@material-ui/icons/RadioButtonUnchecked';
import RunningIcon from '@material-ui/icons/Autorenew';
import type { PublishCheckOutcome } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Tone } from './toneColor';

/** How a check stands on a page: its outcome or, before it has one, where it is. */
export type ShownOutcome =
  | PublishCheckOutcome
  | 'running'
  | 'waiting'
  | 'did-not-run';

/** What the outcome of a check is called. */
export const CHECK_OUTCOME_WORDS: Record<
  ShownOutcome,
  { label: string; tone: Tone; Icon: ComponentType<SvgIconProps> }
> = {
  passed: { label: 'Passed', tone: 'good', Icon: PassedIcon },
  failed: { label: 'Failed', tone: 'bad', Icon: FailedIcon },
  'could-not-run': {
    label: 'Could not run',
    tone: 'caution',
    Icon: CouldNotRunIcon,
  },
  running: { label: 'Running …', tone: 'neutral', Icon: RunningIcon },
  waiting: { label: 'Waiting', tone: 'neutral', Icon: WaitingIcon },
  'did-not-run': {
    label: 'Did not run',
    tone: 'neutral',
    Icon: WaitingIcon,
  },
};
