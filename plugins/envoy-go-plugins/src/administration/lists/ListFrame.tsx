import type { ReactNode } from 'react';
import LinearProgress from '@material-ui/core/LinearProgress';
import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import Skeleton from '@material-ui/lab/Skeleton';

const useStyles = makeStyles(theme => ({
  summary: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(1, 2),
    alignItems: 'center',
    minHeight: 36,
    margin: theme.spacing(1.5, 0, 0.5),
  },
  count: { color: theme.palette.textSubtle },
  grow: { flex: 1 },
  progress: { height: 4, marginBottom: theme.spacing(0.5) },
  late: {
    visibility: 'hidden',
    animation: '$appear 0s linear 250ms forwards',
  },
  '@keyframes appear': { to: { visibility: 'visible' } },
  previous: {
    opacity: 0.6,
    transition: theme.transitions.create('opacity', { delay: 250 }),
  },
}));

/**
 * A list with the sentence that counts it, what can be done with it, and its progress; rows that stand for another
 * question than the present one fade when the answer takes long.
 */
export function ListFrame(props: {
  label: string;
  /** The sentence that counts; `undefined` while it is not known. */
  count: string | undefined;
  failed?: boolean;
  actions?: ReactNode;
  loading: boolean;
  children: ReactNode;
}) {
  const { label, count, failed, actions, loading, children } = props;
  const classes = useStyles();
  const again = loading && count !== undefined;
  return (
    <section aria-label={label} aria-busy={loading}>
      <div className={classes.summary}>
        <Typography
          variant="body2"
          component="div"
          role="status"
          className={classes.count}
        >
          {count ?? (!failed && <Skeleton width={140} />)}
        </Typography>
        <span className={classes.grow} />
        {actions}
      </div>
      <div className={classes.progress}>
        {again && (
          <LinearProgress className={classes.late} aria-label="Loading" />
        )}
      </div>
      <div className={again ? classes.previous : undefined}>{children}</div>
    </section>
  );
}
