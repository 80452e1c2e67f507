import { useCallback, useId } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import Paper from '@material-ui/core/Paper';
import Typography from '@material-ui/core/Typography';
import GivenIcon from '@material-ui/icons/CheckCircle';
import ConnectedIcon from '@material-ui/icons/CheckCircleOutline';
import LostIcon from '@material-ui/icons/LinkOff';
import NotGivenIcon from '@material-ui/icons/ReportProblemOutlined';
import Skeleton from '@material-ui/lab/Skeleton';
import { Link } from '@backstage/core-components';
import { useApi, useRouteRef } from '@backstage/core-plugin-api';
import type { BuildRunner } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { envoyGoPluginsBuildsApiRef } from '../../api';
import { useBuild, useBuildChanges } from '../../builds/answers';
import { buildTitle } from '../../builds/build';
import { CommandLine } from '../../commands';
import { ToneText } from '../../publishing/request/ToneText';
import { buildsRouteRef } from '../../routes';
import { RelativeTime } from '../../time';
import {
  AdministrationFailure,
  StaleAnswerNote,
  useAdministrationChanges,
  useAnswer,
  useNow,
} from '../answers';
import { ListFrame, counted } from '../lists';
import { useLookAgain } from './useLookAgain';

/** How one starts a runner, but for what differs from portal to portal. */
export const START_COMMAND =
  'npx @envoy-go/build-runner serve --core HOST:PORT --token-file FILE';

const useStyles = makeStyles(theme => ({
  list: {
    listStyle: 'none',
    margin: 0,
    padding: 0,
    display: 'grid',
    gap: theme.spacing(2),
    gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 440px), 1fr))',
    alignItems: 'start',
  },
  card: { padding: theme.spacing(2), minWidth: 0 },
  top: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(0, 2),
    alignItems: 'baseline',
    marginBottom: theme.spacing(1),
  },
  name: { flex: 1, overflowWrap: 'anywhere' },
  facts: {
    display: 'grid',
    gridTemplateColumns: 'max-content minmax(0, 1fr)',
    gap: theme.spacing(0.5, 2),
    margin: 0,
    '& dt': { color: theme.palette.textSubtle },
    '& dd': { margin: 0, overflowWrap: 'anywhere' },
  },
  plain: {
    listStyle: 'none',
    margin: 0,
    padding: 0,
    '& + span': { display: 'block' },
  },
  measures: {
    listStyle: 'none',
    margin: theme.spacing(0.5, 0, 0),
    padding: 0,
    display: 'grid',
    gap: theme.spacing(0.75),
  },
  heading: {
    marginTop: theme.spacing(1.5),
    fontSize: theme.typography.pxToRem(14),
    fontWeight: 600,
  },
  subtle: { color: theme.palette.textSubtle },
  start: { padding: theme.spacing(3), maxWidth: 860 },
  more: { marginTop: theme.spacing(3) },
  terms: {
    margin: theme.spacing(1, 0, 0),
    display: 'grid',
    gridTemplateColumns: 'max-content minmax(0, 1fr)',
    gap: theme.spacing(0.5, 2),
    '& dd': { margin: 0 },
  },
}));

function BuildOfRunner(props: { id: string }) {
  const { id } = props;
  const { build } = useBuild(id);
  const pages = useRouteRef(buildsRouteRef)();
  return (
    <Link to={`${pages}/${encodeURIComponent(id)}`}>
      {build ? buildTitle(build) : id}
    </Link>
  );
}

function Runner(props: { runner: BuildRunner }) {
  const { runner } = props;
  const classes = useStyles();
  const now = useNow();
  const titleId = useId();
  const connected = runner.state === 'connected';
  const missing = runner.isolation.filter(({ given }) => !given).length;
  return (
    <Paper
      variant="outlined"
      component="li"
      className={classes.card}
      aria-labelledby={titleId}
    >
      <div className={classes.top}>
        <Typography
          id={titleId}
          variant="h6"
          component="h2"
          className={classes.name}
        >
          {runner.name}
        </Typography>
        {connected ? (
          <ToneText tone="good" Icon={ConnectedIcon}>
            Connected
          </ToneText>
        ) : (
          <ToneText tone="bad" Icon={LostIcon}>
            Lost
          </ToneText>
        )}
      </div>
      <dl className={classes.facts}>
        <dt>Builds</dt>
        <dd>
          {runner.builds.length > 0 ? (
            <ul className={classes.plain}>
              {runner.builds.map(id => (
                <li key={id}>
                  <BuildOfRunner id={id} />
                </li>
              ))}
            </ul>
          ) : (
            'nothing now'
          )}
          <Typography
            variant="body2"
            component="span"
            className={classes.subtle}
          >
            {runner.concurrency === 1
              ? ' (one at a time)'
              : ` (up to ${runner.concurrency} at once)`}
          </Typography>
        </dd>
        <dt>Seen</dt>
        <dd>
          <RelativeTime value={runner.seenAt} now={now} />
          {!connected &&
            '. What it built is tried again elsewhere; start it anew, or another.'}
        </dd>
        <dt>{connected ? 'Connected' : 'Was connected'}</dt>
        <dd>
          <RelativeTime value={runner.connectedAt} now={now} />
        </dd>
        <dt>Host</dt>
        <dd>{runner.hostname}</dd>
        <dt>Version</dt>
        <dd>{runner.version}</dd>
        <dt>Platforms</dt>
        <dd>{runner.platforms.join(', ') || 'none'}</dd>
        <dt>Go</dt>
        <dd>{runner.go.join(', ') || 'none'}</dd>
      </dl>
      <Typography component="h3" className={classes.heading}>
        Isolation
      </Typography>
      {missing > 0 && (
        <Typography variant="body2">
          This machine does not give{' '}
          {missing === 1 ? 'one measure' : `${missing} measures`}. Build only
          plugins that you trust with it, or run it elsewhere.
        </Typography>
      )}
      <ul
        className={classes.measures}
        aria-label={`Isolation of ${runner.name}`}
      >
        {runner.isolation.map(({ name, given, detail }) => (
          <li key={name}>
            <ToneText
              tone={given ? 'good' : 'caution'}
              Icon={given ? GivenIcon : NotGivenIcon}
            >
              {given ? name : `${name}: not given`}
            </ToneText>
            <Typography variant="body2" className={classes.subtle}>
              {detail}
            </Typography>
          </li>
        ))}
      </ul>
    </Paper>
  );
}

function HowToStart() {
  const classes = useStyles();
  return (
    <>
      <CommandLine command={START_COMMAND} what="the command" />
      <dl className={classes.terms}>
        <dt>
          <code>HOST:PORT</code>
        </dt>
        <dd>
          where the backend listens for runners:{' '}
          <code>envoyGoPlugins.builds.listen</code> of its configuration
        </dd>
        <dt>
          <code>FILE</code>
        </dt>
        <dd>
          a file with one of <code>envoyGoPlugins.builds.runnerTokens</code> and
          nothing else
        </dd>
      </dl>
    </>
  );
}

/** The processes that build: what they can, what they do, and how far they keep plugins from their machine. */
export function RunnerList() {
  const classes = useStyles();
  const api = useApi(envoyGoPluginsBuildsApiRef);
  const ask = useCallback(() => api.listRunners(), [api]);
  const answer = useAnswer('runners', ask);
  const { value: runners, refresh } = answer;
  useAdministrationChanges(refresh);
  useBuildChanges(refresh);
  // That one came or went is said by no signal of its own.
  useLookAgain(refresh, true);

  const connected = runners?.filter(({ state }) => state === 'connected');
  let content;
  if (answer.error) {
    content = (
      <AdministrationFailure
        title="The runners could not be listed"
        error={answer.error}
        onRetry={answer.retry}
      />
    );
  } else if (!runners) {
    content = (
      <div className={classes.list} aria-hidden>
        {[1, 2].map(card => (
          <Skeleton key={card} variant="rect" height={320} />
        ))}
      </div>
    );
  } else {
    content = (
      <>
        {connected?.length === 0 && (
          <Paper variant="outlined" className={classes.start}>
            <Typography variant="h6" component="h2" gutterBottom>
              No runner is connected
            </Typography>
            <Typography>
              So nothing is built: builds wait until one comes. Start one, on
              any machine that reaches the backend and has Go:
            </Typography>
            <HowToStart />
          </Paper>
        )}
        {runners.length > 0 && (
          <ul
            className={`${classes.list} ${
              connected?.length === 0 ? classes.more : ''
            }`}
            aria-label="Runners"
          >
            {runners.map(runner => (
              <Runner
                key={`${runner.name} ${runner.connectedAt}`}
                runner={runner}
              />
            ))}
          </ul>
        )}
        {connected && connected.length > 0 && (
          <div className={classes.more}>
            <Typography variant="body2">
              More runners build more at once. Each is started by:
            </Typography>
            <HowToStart />
          </div>
        )}
      </>
    );
  }

  return (
    <ListFrame
      label="Runners"
      count={
        connected &&
        `${counted(connected.length, 'runner is', 'runners are')} connected`
      }
      failed={Boolean(answer.error)}
      loading={answer.loading}
    >
      <StaleAnswerNote error={answer.refreshError} onRetry={refresh} />
      {content}
    </ListFrame>
  );
}
