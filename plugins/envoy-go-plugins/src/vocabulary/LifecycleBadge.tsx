import Chip from '@material-ui/core/Chip';
import { makeStyles } from '@material-ui/core/styles';
import type { EnvoyGoPluginLifecycle } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

const useStyles = makeStyles({ root: { margin: 0, flex: 'none' } });

/** Names a plugin's lifecycle where it calls for care; a plugin in production has no badge. */
export function LifecycleBadge(props: { lifecycle: EnvoyGoPluginLifecycle }) {
  const classes = useStyles();
  if (props.lifecycle === 'production') {
    return null;
  }
  return (
    <Chip
      className={classes.root}
      size="small"
      variant="outlined"
      label={props.lifecycle}
    />
  );
}
