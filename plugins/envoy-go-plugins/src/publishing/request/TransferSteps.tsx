import { useId, useState } from 'react';
import Button from '@material-ui/core/Button';
import { makeStyles, useTheme } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import Alert from '@material-ui/lab/Alert';
import { DateTime } from 'luxon';
import type {
  PublishHandOver,
  PublishStep,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { useNow } from '../../administration/answers';
import { TimeUntil } from '../../administration/time';
import { RelativeTime } from '../../time';
import { STEP_STATE_WORDS, toneColor } from '../words';

const useStyles = makeStyles(theme => ({
  root: { listStyle: 'none', margin: 0, padding: 0 },
  step: {
    position: 'relative',
    display: 'grid',
    gridTemplateColumns: '24px minmax(0, 1fr)',
    gap: theme.spacing(0, 1.5),
    paddingBottom: theme.spacing(1.5),
    // The line that joins a step to the next.
    '&:not(:last-child)::before': {
      content: '""',
      position: 'absolute',
      left: 11,
      top: 26,
      bottom: 2,
      borderLeft: `2px solid ${theme.palette.divider}`,
    },
    '&:last-child': { paddingBottom: 0 },
  },
  running: {
    '@media (prefers-reduced-motion: no-preference)': {
      animation: '$turn 1.6s linear infinite',
    },
  },
  '@keyframes turn': { to: { transform: 'rotate(360deg)' } },
  top: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(0, 1.5),
    alignItems: 'center',
    minHeight: 26,
  },
  title: { fontWeight: 600 },
  waiting: { color: theme.palette.textSubtle, fontWeight: 400 },
  subtle: { color: theme.palette.textSubtle },
  error: { marginTop: theme.spacing(1), overflowWrap: 'anywhere' },
  log: {
    listStyle: 'none',
    margin: theme.spacing(0.5, 0, 0),
    padding: theme.spacing(1, 1.5),
    borderRadius: theme.shape.borderRadius,
    backgroundColor: theme.palette.background.default,
    fontSize: 13,
    '& li': {
      display: 'flex',
      gap: theme.spacing(1.5),
      overflowWrap: 'anywhere',
    },
    '& time': {
      flex: 'none',
      fontFamily: 'monospace',
      color: theme.palette.textSubtle,
    },
  },
}));

function Log(props: { step: PublishStep }) {
  const { log, title } = props.step;
  const classes = useStyles();
  return (
    <ol className={classes.log} aria-label={`Log of “${title}”`}>
      {log.map(({ at, text }, index) => {
        const time = DateTime.fromISO(at);
        return (
          <li key={index}>
            <time
              dateTime={at}
              title={time.toLocaleString(DateTime.DATETIME_FULL_WITH_SECONDS)}
            >
              {time.toFormat('HH:mm:ss')}
            </time>
            <span>{text}</span>
          </li>
        );
      })}
    </ol>
  );
}

function Step(props: { step: PublishStep; handOver?: PublishHandOver }) {
  const { step, handOver } = props;
  const classes = useStyles();
  const theme = useTheme();
  const now = useNow();
  const logId = useId();
  const [wanted, setWanted] = useState<boolean>();
  const open = wanted ?? (step.state === 'running' || step.state === 'failed');
  const { label, tone, Icon } = STEP_STATE_WORDS[step.state];
  const color = toneColor(theme, tone);
  return (
    <li
      className={classes.step}
      aria-current={step.state === 'running' ? 'step' : undefined}
    >
      <Icon
        aria-hidden
        style={{ color }}
        className={step.state === 'running' ? classes.running : undefined}
      />
      <div>
        <div className={classes.top}>
          <span
            className={
              step.state === 'waiting' ? classes.waiting : classes.title
            }
          >
            {step.title}
          </span>
          <Typography variant="body2" component="span" style={{ color }}>
            {handOver && !handOver.acceptedAt
              ? `Waits for ${handOver.login} to hand the repository over`
              : label}
          </Typography>
          <Typography
            variant="body2"
            component="span"
            className={classes.subtle}
          >
            {step.finishedAt && (
              <RelativeTime value={step.finishedAt} now={now} />
            )}
            {step.finishedAt && step.attempts > 1 && ' · '}
            {step.attempts > 1 && `attempt ${step.attempts}`}
          </Typography>
          {step.log.length > 0 && (
            <Button
              size="small"
              aria-expanded={open}
              aria-controls={logId}
              aria-label={`${open ? 'Hide log' : 'Log'} of “${step.title}”`}
              onClick={() => setWanted(!open)}
            >
              {open ? 'Hide log' : 'Log'}
            </Button>
          )}
        </div>
        {step.error && step.state !== 'done' && (
          <Alert
            severity={step.state === 'failed' ? 'error' : 'warning'}
            variant="outlined"
            role="note"
            className={classes.error}
          >
            {step.error}
            {step.nextAttemptAt && (
              <>
                {' '}
                Tried again by itself{' '}
                <TimeUntil value={step.nextAttemptAt} now={now} />.
              </>
            )}
          </Alert>
        )}
        <div id={logId}>
          {open && step.log.length > 0 && <Log step={step} />}
        </div>
      </div>
    </li>
  );
}

/** The steps by which a plugin is published, each with its log; those that run or failed show it by themselves. */
export function TransferSteps(props: {
  steps: PublishStep[];
  /** While it is the author's turn. */
  handOver?: PublishHandOver;
}) {
  const classes = useStyles();
  return (
    <ol className={classes.root} aria-label="Steps of the publication">
      {props.steps.map(step => (
        <Step
          key={step.stepId}
          step={step}
          handOver={step.stepId === 'transfer' ? props.handOver : undefined}
        />
      ))}
    </ol>
  );
}
