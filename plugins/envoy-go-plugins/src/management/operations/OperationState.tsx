import FailedIcon from '@material-ui/icons/Cancel';
import DoneIcon from '@material-ui/icons/CheckCircle';
import RunningIcon from '@material-ui/icons/Autorenew';
import type { ManagementOperation } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { ToneText } from '../../publishing/request/ToneText';

const WORDS = {
  running: { label: 'Running …', tone: 'neutral', Icon: RunningIcon },
  done: { label: 'Done', tone: 'good', Icon: DoneIcon },
  failed: { label: 'Failed', tone: 'bad', Icon: FailedIcon },
} as const;

/** How far something is that is done to a plugin. */
export function OperationState(props: { state: ManagementOperation['state'] }) {
  const { label, tone, Icon } = WORDS[props.state];
  return (
    <ToneText tone={tone} Icon={Icon}>
      {label}
    </ToneText>
  );
}
