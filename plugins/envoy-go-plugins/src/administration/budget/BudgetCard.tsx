import { useId } from 'react';
import LinearProgress from '@material-ui/core/LinearProgress';
import Paper from '@material-ui/core/Paper';
import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import OpenIcon from '@material-ui/icons/CheckCircleOutline';
import ClosedIcon from '@material-ui/icons/PauseCircleOutline';
import Alert from '@material-ui/lab/Alert';
import type { DateTime } from 'luxon';
import type { GitHubBudget } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { RelativeTime } from '../../time';
import { TimeUntil } from '../time';
import { UsageChart } from './UsageChart';
import { LANES, LANE_LABELS } from './usage';

const thousands = new Intl.NumberFormat('en');

const useStyles = makeStyles(theme => ({
  root: {
    padding: theme.spacing(2),
    display: 'grid',
    gap: theme.spacing(2),
    gridTemplateColumns: 'minmax(0, 1fr)',
  },
  top: {
    display: 'grid',
    gap: theme.spacing(2, 4),
    gridTemplateColumns: 'minmax(0, 1fr)',
    [theme.breakpoints.up('md')]: {
      gridTemplateColumns: 'minmax(0, 1fr) minmax(0, 1fr)',
    },
  },
  subtle: { color: theme.palette.textSubtle },
  left: { fontSize: theme.typography.h5.fontSize, fontWeight: 600 },
  bar: {
    height: 8,
    borderRadius: 4,
    margin: theme.spacing(1, 0),
    backgroundColor: theme.palette.action.selected,
  },
  lanes: {
    listStyle: 'none',
    margin: 0,
    padding: 0,
    display: 'grid',
    gap: theme.spacing(1),
    alignContent: 'start',
  },
  lane: { display: 'flex', gap: theme.spacing(1) },
  icon: { flex: 'none', fontSize: 20, color: theme.palette.textSubtle },
}));

/** What is counted against a budget. */
function unitOf(resource: string): string {
  return resource === 'graphql' ? 'points' : 'requests';
}

/** What one credential may still ask GitHub, who is let through, and what it was used for. */
export function BudgetCard(props: { budget: GitHubBudget; now: DateTime }) {
  const { budget, now } = props;
  const classes = useStyles();
  const titleId = useId();
  const unit = unitOf(budget.resource);
  const reset = new Date(budget.resetAt).getTime() <= now.toMillis();
  const remaining = reset ? budget.limit : budget.remaining;
  const part = budget.limit > 0 ? (100 * remaining) / budget.limit : 0;
  const notModified = budget.history.reduce(
    (sum, entry) => sum + entry.notModified,
    0,
  );
  const paused =
    budget.pausedUntil !== undefined &&
    new Date(budget.pausedUntil).getTime() > now.toMillis();

  return (
    <Paper
      variant="outlined"
      className={classes.root}
      component="section"
      aria-labelledby={titleId}
    >
      <Typography id={titleId} variant="h6" component="h2">
        {budget.label}{' '}
        <Typography component="span" className={classes.subtle}>
          {budget.resource} on {budget.host}
        </Typography>
      </Typography>
      {paused && budget.pausedUntil && (
        <Alert severity="warning" variant="outlined" role="note">
          Paused, asks again <TimeUntil value={budget.pausedUntil} now={now} />
          {budget.pauseReason ? `: ${budget.pauseReason}` : '.'}
        </Alert>
      )}
      <div className={classes.top}>
        <div>
          <Typography component="p">
            <span className={classes.left}>{thousands.format(remaining)}</span>{' '}
            of {thousands.format(budget.limit)} {unit} left
          </Typography>
          <LinearProgress
            className={classes.bar}
            variant="determinate"
            // It says how much is there, not how far something has got
            role="meter"
            value={Math.min(100, Math.max(0, part))}
            aria-label={`Part of the ${unit} that is left`}
          />
          <Typography variant="body2" className={classes.subtle}>
            {reset ? (
              <>
                Counted anew since{' '}
                <RelativeTime value={budget.resetAt} now={now} />
              </>
            ) : (
              <>
                Full again <TimeUntil value={budget.resetAt} now={now} />
              </>
            )}
            {' · as of '}
            <RelativeTime value={budget.observedAt} now={now} />
          </Typography>
          {notModified > 0 && (
            <Typography variant="body2" className={classes.subtle}>
              {thousands.format(notModified)} answers of the last 24 hours were
              “not modified” and cost nothing.
            </Typography>
          )}
        </div>
        <ul className={classes.lanes} aria-label="Lanes">
          {LANES.map(name => {
            const lane = budget.lanes.find(one => one.lane === name);
            const open = lane?.open ?? true;
            const Icon = open ? OpenIcon : ClosedIcon;
            return (
              <li key={name} className={classes.lane}>
                <Icon className={classes.icon} aria-hidden />
                <Typography variant="body2" component="span">
                  <strong>{LANE_LABELS[name]}</strong>{' '}
                  {open ? 'are let through.' : 'wait.'}
                  {lane?.reason && ` ${lane.reason}`}
                </Typography>
              </li>
            );
          })}
        </ul>
      </div>
      <UsageChart history={budget.history} unit={unit} now={now} />
    </Paper>
  );
}
