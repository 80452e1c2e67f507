import { makeStyles, useTheme } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import { Link } from '@backstage/core-components';
import { useRouteRef } from '@backstage/core-plugin-api';
import type {
  PublishCheckResult,
  PublishRequestState,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { buildsRouteRef } from '../../routes';
import { RelativeTime } from '../../time';
import { CHECK_OUTCOME_WORDS, toneColor } from '../words';
import type { ShownOutcome } from '../words';
import { FindingList } from './FindingList';
import { Person } from './Person';

const useStyles = makeStyles(theme => ({
  root: { listStyle: 'none', margin: 0, padding: 0 },
  check: {
    display: 'grid',
    gridTemplateColumns: '24px minmax(0, 1fr)',
    gap: theme.spacing(0, 1.5),
    padding: theme.spacing(1.25, 0),
    borderTop: `1px solid ${theme.palette.divider}`,
    '&:first-child': { borderTop: 0, paddingTop: 0 },
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
    alignItems: 'baseline',
    minHeight: 24,
  },
  title: { fontWeight: 600 },
  text: { overflowWrap: 'anywhere' },
  subtle: { color: theme.palette.textSubtle, overflowWrap: 'anywhere' },
  exception: {
    marginTop: theme.spacing(1),
    padding: theme.spacing(1, 1.5),
    borderRadius: theme.shape.borderRadius,
    border: `1px dashed ${theme.palette.divider}`,
  },
}));

function outcomesOf(
  checks: PublishCheckResult[],
  state: PublishRequestState,
): ShownOutcome[] {
  const next = checks.findIndex(({ outcome }) => !outcome);
  return checks.map(({ outcome, summary }, index) => {
    if (outcome) {
      return outcome;
    }
    if (state !== 'checking') {
      return 'did-not-run';
    }
    // Those that wait for a build run side by side, and say where they are
    return index === next || summary ? 'running' : 'waiting';
  });
}

/** The checks, one a row: how each ended, what it looked at, what it found and how to mend it. */
export function CheckList(props: {
  checks: PublishCheckResult[];
  state: PublishRequestState;
  host: string;
}) {
  const { checks, state, host } = props;
  const classes = useStyles();
  const theme = useTheme();
  const builds = useRouteRef(buildsRouteRef)();
  const outcomes = outcomesOf(checks, state);
  return (
    <ul className={classes.root} aria-label="Checks">
      {checks.map((check, index) => {
        const outcome = outcomes[index];
        const { label, tone, Icon } = CHECK_OUTCOME_WORDS[outcome];
        const color = toneColor(theme, tone);
        return (
          <li key={check.checkId} className={classes.check}>
            <Icon
              aria-hidden
              style={{ color }}
              className={outcome === 'running' ? classes.running : undefined}
            />
            <div>
              <div className={classes.top}>
                <span className={classes.title}>{check.title}</span>
                <Typography variant="body2" component="span" style={{ color }}>
                  {label}
                </Typography>
              </div>
              {check.summary && (
                <Typography variant="body2" className={classes.text}>
                  {check.summary}
                </Typography>
              )}
              {check.lookedAt && check.lookedAt.length > 0 && (
                <Typography variant="body2" className={classes.subtle}>
                  Looked at {check.lookedAt.join(', ')}
                </Typography>
              )}
              {check.buildId && (
                <Typography variant="body2">
                  <Link to={`${builds}/${encodeURIComponent(check.buildId)}`}>
                    {outcome === 'running'
                      ? 'Follow the build'
                      : 'The build, its steps and log'}
                  </Link>
                </Typography>
              )}
              {check.findings && check.findings.length > 0 && (
                <FindingList
                  findings={check.findings}
                  label={`What “${check.title}” found`}
                />
              )}
              {check.exception && (
                <Typography
                  variant="body2"
                  component="div"
                  className={classes.exception}
                >
                  Approved all the same by{' '}
                  <Person actor={check.exception.by} host={host} />,{' '}
                  <RelativeTime value={check.exception.at} />:{' '}
                  {check.exception.reason}
                </Typography>
              )}
            </div>
          </li>
        );
      })}
    </ul>
  );
}
