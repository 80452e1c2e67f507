import Tooltip from '@material-ui/core/Tooltip';
import type { BuildState } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { ToneText } from '../publishing/request/ToneText';
import { BUILD_STATE_WORDS } from './words';

/** The state of a build in a word and an icon; hover says what it means. */
export function BuildStateLabel(props: { state: BuildState }) {
  const { label, meaning, tone, Icon } = BUILD_STATE_WORDS[props.state];
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
