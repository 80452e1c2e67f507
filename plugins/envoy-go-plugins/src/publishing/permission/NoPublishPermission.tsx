import Paper from '@material-ui/core/Paper';
import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import LockIcon from '@material-ui/icons/LockOutlined';

const useStyles = makeStyles(theme => ({
  root: { display: 'flex', gap: theme.spacing(2), padding: theme.spacing(3) },
  icon: { flex: 'none', color: theme.palette.textSubtle },
  text: { maxWidth: 640 },
}));

/** What those see who may not publish: what it takes. */
export function NoPublishPermission() {
  const classes = useStyles();
  return (
    <Paper className={classes.root} role="alert" variant="outlined">
      <LockIcon className={classes.icon} aria-hidden />
      <div className={classes.text}>
        <Typography variant="h6" component="h2" gutterBottom>
          You cannot publish plugins
        </Typography>
        <Typography>
          A plugin is published in the name of its author on GitHub, so the
          portal has to know your account there. Sign in with GitHub; if you
          have, ask whoever runs the portal to connect your user in the catalog
          with your GitHub login.
        </Typography>
      </div>
    </Paper>
  );
}
