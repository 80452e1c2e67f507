import Button from '@material-ui/core/Button';
import Paper from '@material-ui/core/Paper';
import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import { Link } from '@backstage/core-components';
import { EnvoyGoPluginIcon } from '../vocabulary';
import { MarketplaceActions, useCreateFilterPath } from './MarketplaceActions';

const useStyles = makeStyles(theme => ({
  root: {
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    textAlign: 'center',
    gap: theme.spacing(2),
    padding: theme.spacing(6, 3),
  },
  icon: { fontSize: 56, color: theme.palette.textSubtle },
  text: { maxWidth: 560 },
  inline: {
    font: 'inherit',
    padding: 0,
    minWidth: 0,
    verticalAlign: 'baseline',
    textTransform: 'none',
    textDecoration: 'underline',
  },
}));

/** What is shown while the marketplace holds no plugin at all. */
export function FirstUse() {
  const classes = useStyles();
  return (
    <Paper variant="outlined" className={classes.root}>
      <EnvoyGoPluginIcon className={classes.icon} aria-hidden />
      <Typography variant="h5" component="h2">
        No plugins yet
      </Typography>
      <Typography className={classes.text}>
        This is where your Envoy filters written in Go live: to be found, read
        and used. Each is a repository with one description of itself, which the
        catalog reads. Create the first one from a form, or register a
        repository that you already have.
      </Typography>
      <MarketplaceActions />
    </Paper>
  );
}

/** What is shown where nothing matches. */
export function NoMatch(props: {
  text: string;
  /** Whether anything narrows the list; if not, all there is is deprecated. */
  filtered: boolean;
  onClear: () => void;
  onShowDeprecated: () => void;
}) {
  const { text, filtered, onClear, onShowDeprecated } = props;
  const classes = useStyles();
  const createPath = useCreateFilterPath();

  return (
    <Paper variant="outlined" className={classes.root}>
      <Typography className={classes.text} component="p">
        {filtered ? (
          <>
            No plugin matches {text ? <em>{text}</em> : 'these filters'}.{' '}
            <Button
              className={classes.inline}
              color="primary"
              onClick={onClear}
            >
              Clear filters
            </Button>
            {createPath && (
              <>
                , or <Link to={createPath}>create one</Link>
              </>
            )}
            .
          </>
        ) : (
          <>
            Every plugin here is deprecated.{' '}
            <Button
              className={classes.inline}
              color="primary"
              onClick={onShowDeprecated}
            >
              Show them
            </Button>
            {createPath && (
              <>
                , or <Link to={createPath}>create a new one</Link>
              </>
            )}
            .
          </>
        )}
      </Typography>
    </Paper>
  );
}
