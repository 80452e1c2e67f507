import type { ReactNode } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import Alert from '@material-ui/lab/Alert';
import { Link } from '@backstage/core-components';
import { useRouteRef } from '@backstage/core-plugin-api';
import type { Build } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { useNow } from '../../administration/answers/useNow';
import { TimeUntil } from '../../administration/time';
import { useAdministrator } from '../../administration/permission';
import { administrationRouteRef } from '../../routes';
import { useConnectedRunners } from '../answers';

const useStyles = makeStyles(theme => ({
  root: {
    '& .MuiAlert-message': {
      overflowWrap: 'anywhere',
      minWidth: 0,
      color: theme.palette.text.primary,
    },
    '& a': { textDecoration: 'underline' },
  },
}));

const SEVERITY = {
  failed: 'error',
  'could-not-run': 'warning',
  cancelled: 'info',
} as const;

function sentence(text: string): string {
  return /[.!?]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`;
}

/** Why a build has not begun: nobody to build it, or everybody busy. */
function Waiting(props: { build: Build }) {
  const { build } = props;
  const now = useNow();
  const { allowed: administrator } = useAdministrator();
  const runners = useConnectedRunners(administrator);
  const administration = useRouteRef(administrationRouteRef)();
  let why: ReactNode =
    'It begins as soon as a runner is free. If nothing happens for long, ask an administrator whether a runner is connected.';
  if (build.nextAttemptAt) {
    why = (
      <>
        Tried again by itself{' '}
        <TimeUntil value={build.nextAttemptAt} now={now} />.
      </>
    );
  } else if (runners === 0) {
    why = (
      <>
        No runner is connected, so nothing is built.{' '}
        <Link to={`${administration}/builds?view=runners`}>
          See how to start one
        </Link>
      </>
    );
  } else if (runners) {
    why = (
      <>
        All runners are busy; it begins as soon as one is free.{' '}
        <Link to={`${administration}/builds?view=runners`}>
          See what they build
        </Link>
      </>
    );
  }
  return (
    <>
      {build.attempts > 0 && build.reason && (
        <Typography variant="body2" gutterBottom>
          Attempt {build.attempts} came to no end: {sentence(build.reason)}
        </Typography>
      )}
      <Typography variant="body2">{why}</Typography>
    </>
  );
}

function adviceOf(build: Build): string {
  const release = build.kind !== 'request';
  if (build.state === 'failed') {
    return release
      ? 'Nothing was tagged and nobody gets this version. The step that failed and its log below say what is wrong; mend it and release a new version.'
      : 'The step that failed and its log below say what is wrong; mend it, push, and check again on the page of the request.';
  }
  if (build.state === 'could-not-run') {
    return 'It is not the plugin’s doing. Retry it; if it stays, tell an administrator what is said here.';
  }
  return release
    ? 'Retry it if the version is to be built after all.'
    : 'Check again on the page of the request to have it built anew.';
}

/** What became of a build that did not pass, or why it waits, and what to do. */
export function BuildOutcome(props: { build: Build }) {
  const { build } = props;
  const classes = useStyles();
  switch (build.state) {
    case 'queued':
      return (
        <Alert
          severity={build.attempts > 0 ? 'warning' : 'info'}
          variant="outlined"
          role="note"
          className={classes.root}
        >
          <Waiting build={build} />
        </Alert>
      );
    case 'failed':
    case 'could-not-run':
    case 'cancelled':
      return (
        <Alert
          severity={SEVERITY[build.state]}
          variant="outlined"
          role="note"
          className={classes.root}
        >
          {build.reason && (
            <Typography variant="body2" gutterBottom>
              {sentence(build.reason)}
            </Typography>
          )}
          <Typography variant="body2">{adviceOf(build)}</Typography>
        </Alert>
      );
    default:
      return null;
  }
}
