import Paper from '@material-ui/core/Paper';
import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import { LinkButton } from '@backstage/core-components';

const useStyles = makeStyles(theme => ({
  root: {
    display: 'grid',
    gap: theme.spacing(2),
    justifyItems: 'start',
    padding: theme.spacing(3),
    maxWidth: 760,
  },
  stages: {
    margin: 0,
    paddingLeft: theme.spacing(3),
    display: 'grid',
    gap: theme.spacing(1),
  },
}));

/** What is shown to whoever has not asked for anything yet: how it goes. */
export function FirstRequest() {
  const classes = useStyles();
  return (
    <Paper variant="outlined" className={classes.root}>
      <Typography variant="h6" component="h2">
        Give your filter to everybody
      </Typography>
      <Typography>
        A published plugin belongs to the organisation and is found in the
        marketplace. You stay its maintainer.
      </Typography>
      <ol className={classes.stages}>
        <li>
          <strong>Checks</strong> look at your repository, and say how to mend
          what stands in the way.
        </li>
        <li>
          <strong>Hand over</strong>: you agree that the repository moves into
          the organisation. In an organisation of yours the portal’s bot does
          that; what is your own you move yourself, with one click, once it is
          approved.
        </li>
        <li>
          <strong>Review</strong>: an administrator reads it, asks, and decides.
        </li>
        <li>
          <strong>Publication</strong>: the repository moves, and is set up
          there.
        </li>
      </ol>
      <LinkButton to="new" variant="contained" color="primary">
        Choose a repository
      </LinkButton>
    </Paper>
  );
}
