import Chip from '@material-ui/core/Chip';
import { makeStyles } from '@material-ui/core/styles';
import LockIcon from '@material-ui/icons/LockOutlined';
import type { PluginRepository } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

const useStyles = makeStyles({ root: { margin: 0, flex: 'none' } });

/** Says of a repository that not everybody can see it; public ones have no badge. */
export function VisibilityBadge(props: {
  visibility: PluginRepository['visibility'];
}) {
  const { visibility = 'public' } = props;
  const classes = useStyles();
  if (visibility === 'public') {
    return null;
  }
  return (
    <Chip
      className={classes.root}
      size="small"
      variant="outlined"
      icon={<LockIcon aria-hidden />}
      label={visibility}
      title={
        visibility === 'private'
          ? 'Only those who may see the repository on GitHub see this plugin'
          : 'Only members of the enterprise see the repository on GitHub'
      }
    />
  );
}
