import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import WarningIcon from '@material-ui/icons/ReportProblemOutlined';
import { RelativeTime } from '../time';
import { describeFailure } from './describeFailure';

const useStyles = makeStyles(theme => ({
  root: { color: theme.palette.textSubtle },
  stale: {
    display: 'flex',
    gap: theme.spacing(1),
    alignItems: 'flex-start',
    color: theme.palette.text.primary,
  },
  icon: { flex: 'none', fontSize: theme.typography.body1.fontSize },
}));

/** How old an answer from GitHub is and, where a fresher one could not be had, why. */
export function AsOfNote(props: {
  asOf: string;
  staleReason?: string;
  /** Why the portal itself could not be asked again. */
  refreshError?: Error;
}) {
  const { asOf, refreshError } = props;
  const staleReason =
    props.staleReason ??
    (refreshError && describeFailure(refreshError).sentence);
  const classes = useStyles();
  if (!staleReason) {
    return (
      <Typography variant="caption" component="p" className={classes.root}>
        as of <RelativeTime value={asOf} />
      </Typography>
    );
  }
  return (
    <Typography
      variant="body2"
      component="p"
      className={classes.stale}
      role="status"
    >
      <WarningIcon className={classes.icon} aria-hidden />
      <span>
        {staleReason} Shown is what was known <RelativeTime value={asOf} />.
      </span>
    </Typography>
  );
}
