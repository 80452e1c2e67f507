import Tooltip from '@material-ui/core/Tooltip';
import type { PublishRequestState } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { REQUEST_STATE_WORDS } from '../words';
import { ToneText } from './ToneText';

/** The state of a request in a word and an icon; hover says what it means. */
export function RequestStateLabel(props: { state: PublishRequestState }) {
  const { label, meaning, tone, Icon } = REQUEST_STATE_WORDS[props.state];
  return (
    <Tooltip title={meaning}>
      <span>
        <ToneText tone={tone} Icon={Icon}>
          {label}
        </ToneText>
      </span>
    </Tooltip>
  );
}
