import Paper from '@material-ui/core/Paper';
import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import LockIcon from '@material-ui/icons/LockOutlined';
import { configApiRef, useApi } from '@backstage/core-plugin-api';
import { EntityRefLink } from '@backstage/plugin-catalog-react';

const useStyles = makeStyles(theme => ({
  root: { display: 'flex', gap: theme.spacing(2), padding: theme.spacing(3) },
  icon: { flex: 'none', color: theme.palette.textSubtle },
  text: { maxWidth: 640 },
}));

/** What those see who are no administrators: who is, and who can make them one. */
export function NoPermission() {
  const classes = useStyles();
  const team = useApi(configApiRef).getOptionalString(
    'envoyGoPlugins.adminTeam',
  );
  return (
    <Paper className={classes.root} role="alert" variant="outlined">
      <LockIcon className={classes.icon} aria-hidden />
      <div className={classes.text}>
        <Typography variant="h6" component="h2" gutterBottom>
          You are not an administrator
        </Typography>
        {team ? (
          <Typography>
            Administrators of Envoy Go Plugins are the members of{' '}
            <EntityRefLink entityRef={team} defaultKind="group" hideIcon />.
            Somebody of that team can add you to it on GitHub; then sign in
            again.
          </Typography>
        ) : (
          <Typography>
            Administrators of Envoy Go Plugins are the members of one team on
            GitHub, which the portal’s configuration names as{' '}
            <code>envoyGoPlugins.adminTeam</code>. Ask whoever runs the portal
            which team that is, or to set it; somebody of that team can add you
            to it on GitHub. Then sign in again.
          </Typography>
        )}
      </div>
    </Paper>
  );
}
