import type { ComponentType } from 'react';
import type { SvgIconProps } from '@material-ui/core/SvgIcon';
import FailedIcon from '@material-ui/icons/Cancel';
import DoneIcon from '@material-ui/icons/CheckCircle';
import RunningIcon from '@material-ui/icons/Autorenew';
import WaitingIcon from '@material-ui/icons/RadioButtonUnchecked';
import type { PublishStep } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Tone } from './toneColor';

/** What the state of a step of a publication is called. */
export const STEP_STATE_WORDS: Record<
  PublishStep['state'],
  { label: string; tone: Tone; Icon: ComponentType<SvgIconProps> }
> = {
  waiting: { label: 'Waiting', tone: 'neutral', Icon: WaitingIcon },
  running: { label: 'Running …', tone: 'neutral', Icon: RunningIcon },
  done: { label: 'Done', tone: 'good', Icon: DoneIcon },
  failed: { label: 'Failed', tone: 'bad', Icon: FailedIcon },
};
