import type { ComponentType } from 'react';
import type { SvgIconProps } from '@material-ui/core/SvgIcon';
import RunningIcon from '@material-ui/icons/Autorenew';
import FailedIcon from '@material-ui/icons/Cancel';
import PassedIcon from '@material-ui/icons/CheckCircle';
import QueuedIcon from '@material-ui/icons/RadioButtonUnchecked';
import CouldNotRunIcon from '@material-ui/icons/RemoveCircleOutline';
import type { BuildStepStatus } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Tone } from '../../publishing/words';

/** What the state of a build's step is called. */
export const BUILD_STEP_WORDS: Record<
  BuildStepStatus['state'],
  { label: string; tone: Tone; Icon: ComponentType<SvgIconProps> }
> = {
  queued: { label: 'Waiting', tone: 'neutral', Icon: QueuedIcon },
  running: { label: 'Running …', tone: 'neutral', Icon: RunningIcon },
  passed: { label: 'Passed', tone: 'good', Icon: PassedIcon },
  failed: { label: 'Failed', tone: 'bad', Icon: FailedIcon },
  'could-not-run': {
    label: 'Could not run',
    tone: 'caution',
    Icon: CouldNotRunIcon,
  },
};
