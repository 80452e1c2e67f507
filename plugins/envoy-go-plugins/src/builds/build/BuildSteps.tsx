import { useEffect, useState } from 'react';
import { makeStyles, useTheme } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import { DateTime } from 'luxon';
import { Link } from '@backstage/core-components';
import type { BuildStepStatus } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { toneColor } from '../../publishing/words';
import { BUILD_STEP_WORDS, durationWords, millisecondsBetween } from '../words';

/** How often the time of a step that runs moves on, in milliseconds. */
const TICK_MS = 1_000;

const useStyles = makeStyles(theme => ({
  root: { listStyle: 'none', margin: 0, padding: 0 },
  step: {
    position: 'relative',
    display: 'grid',
    gridTemplateColumns: '24px minmax(0, 1fr) max-content',
    gap: theme.spacing(0, 1.5),
    alignItems: 'start',
    paddingBottom: theme.spacing(1),
    // The line that joins a step to the next.
    '&:not(:last-child)::before': {
      content: '""',
      position: 'absolute',
      left: 11,
      top: 25,
      bottom: 1,
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
  name: { fontWeight: 600, overflowWrap: 'anywhere' },
  waiting: { color: theme.palette.textSubtle, fontWeight: 400 },
  time: {
    color: theme.palette.textSubtle,
    fontVariantNumeric: 'tabular-nums',
    lineHeight: '24px',
  },
  reason: { overflowWrap: 'anywhere' },
}));

function Running(props: { since: string }) {
  const [now, setNow] = useState(() => DateTime.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(DateTime.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return <>{durationWords(millisecondsBetween(props.since, undefined, now))}</>;
}

function Duration(props: { step: BuildStepStatus }) {
  const { state, durationMs, startedAt, endedAt } = props.step;
  if (state === 'running' && startedAt) {
    return <Running since={startedAt} />;
  }
  if (durationMs !== undefined) {
    return <>{durationWords(durationMs)}</>;
  }
  if (startedAt && endedAt) {
    return (
      <>
        {durationWords(
          millisecondsBetween(startedAt, endedAt, DateTime.fromISO(endedAt)),
        )}
      </>
    );
  }
  return null;
}

/** The steps of a build, in order: how each stands, how long it took, and why it failed. */
export function BuildSteps(props: {
  steps: BuildStepStatus[];
  /** Where the log of a step is, for steps that have begun. */
  logOf?: (step: string) => string;
}) {
  const { steps, logOf } = props;
  const classes = useStyles();
  const theme = useTheme();
  return (
    <ol className={classes.root} aria-label="Steps of the build">
      {steps.map(step => {
        const { label, tone, Icon } = BUILD_STEP_WORDS[step.state];
        const color = toneColor(theme, tone);
        const waiting = step.state === 'queued';
        return (
          <li
            key={step.name}
            className={classes.step}
            aria-current={step.state === 'running' ? 'step' : undefined}
          >
            <Icon
              aria-hidden
              style={{ color }}
              className={step.state === 'running' ? classes.running : undefined}
            />
            <div>
              <span className={waiting ? classes.waiting : classes.name}>
                {logOf && !waiting ? (
                  <Link to={logOf(step.name)}>{step.name}</Link>
                ) : (
                  step.name
                )}
              </span>{' '}
              <Typography variant="body2" component="span" style={{ color }}>
                {label}
              </Typography>
              {step.reason && (
                <Typography variant="body2" className={classes.reason}>
                  {step.reason}
                </Typography>
              )}
            </div>
            <Typography
              variant="body2"
              component="span"
              className={classes.time}
            >
              <Duration step={step} />
            </Typography>
          </li>
        );
      })}
    </ol>
  );
}
