import { useId, useState } from 'react';
import Button from '@material-ui/core/Button';
import { makeStyles } from '@material-ui/core/styles';
import TextField from '@material-ui/core/TextField';
import Typography from '@material-ui/core/Typography';
import RetryIcon from '@material-ui/icons/Replay';
import Skeleton from '@material-ui/lab/Skeleton';
import { Helmet } from 'react-helmet';
import { useParams } from 'react-router-dom';
import { Link } from '@backstage/core-components';
import { useRouteRef } from '@backstage/core-plugin-api';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { useEntityRefLink } from '@backstage/plugin-catalog-react';
import { ENVOY_GO_PLUGIN_KIND } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Build } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { StaleAnswerNote, isResponseError } from '../../administration/answers';
import { ConfirmDialog, EmptyNote } from '../../administration/lists';
import { useAdministrator } from '../../administration/permission';
import { LoadFailure } from '../../feedback';
import { LiveAnnouncement } from '../../live-updates';
import { VERSIONS_PATH } from '../../plugin-entity';
import { ActionRefusal } from '../../publishing/request/ActionRefusal';
import { RequestSection } from '../../publishing/request/RequestSection';
import { useAction } from '../../publishing/request/useAction';
import { administrationRouteRef, publishingRouteRef } from '../../routes';
import { BuildStateLabel } from '../BuildStateLabel';
import { useBuild } from '../answers';
import type { ChangeBuild } from '../answers';
import { BuildLog } from '../log';
import { ProofList } from '../proofs';
import { VulnerabilityList } from '../vulnerabilities';
import { BUILD_STATE_WORDS } from '../words';
import { BuildFacts } from './BuildFacts';
import { BuildOutcome } from './BuildOutcome';
import { BuildSteps } from './BuildSteps';

const useStyles = makeStyles(theme => ({
  root: { display: 'grid', gap: theme.spacing(2), minWidth: 0 },
  top: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(1, 2),
    alignItems: 'center',
  },
  ways: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(1, 2),
    margin: 0,
    padding: 0,
    listStyle: 'none',
  },
  heading: {
    flex: '1 1 320px',
    minWidth: 0,
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(0, 2),
    alignItems: 'center',
  },
  title: { overflowWrap: 'anywhere' },
  label: { color: theme.palette.textSubtle },
  columns: {
    display: 'grid',
    gap: theme.spacing(2),
    gridTemplateColumns: 'minmax(0, 1fr)',
    alignItems: 'start',
    [theme.breakpoints.up('md')]: {
      gridTemplateColumns: 'minmax(280px, 2fr) minmax(0, 5fr)',
    },
  },
  column: { display: 'grid', gap: theme.spacing(2), minWidth: 0 },
}));

/** What is built, in a few words: `token-auth v1.4.0`. */
export function buildTitle(
  build: Pick<Build, 'plugin' | 'tag' | 'repository' | 'kind'>,
): string {
  return build.kind === 'request'
    ? build.repository
    : `${build.plugin.name} ${build.tag ?? ''}`.trim();
}

function CancelDialog(props: {
  build: Build;
  change: ChangeBuild;
  onClose: () => void;
}) {
  const { build, change, onClose } = props;
  const classes = useStyles();
  const fieldId = useId();
  const [reason, setReason] = useState('');
  return (
    <ConfirmDialog
      title={`Cancel the build of ${buildTitle(build)}?`}
      action="Cancel the build"
      dangerous
      onConfirm={() =>
        change(api =>
          api.cancelBuild({
            id: build.id,
            ...(reason.trim() && { reason: reason.trim() }),
          }),
        )
      }
      onClose={onClose}
    >
      <Typography>
        It stops wherever it is, and nothing of it is kept but the log. It can
        be retried later.
      </Typography>
      <TextField
        id={fieldId}
        fullWidth
        variant="outlined"
        size="small"
        label="Why (optional)"
        InputLabelProps={{ className: classes.label }}
        value={reason}
        onChange={event => setReason(event.target.value)}
      />
    </ConfirmDialog>
  );
}

/** Where one may have come from. */
function Ways(props: { build: Build | undefined }) {
  const { build } = props;
  const classes = useStyles();
  const { allowed: administrator } = useAdministrator();
  const administration = useRouteRef(administrationRouteRef)();
  const publishing = useRouteRef(publishingRouteRef)();
  const entityLink = useEntityRefLink();
  const ways = [];
  if (build && build.kind !== 'request') {
    const ref = stringifyEntityRef({
      kind: ENVOY_GO_PLUGIN_KIND,
      ...build.plugin,
    });
    ways.push({
      to: `${entityLink(ref)}/${VERSIONS_PATH}`,
      label: `Versions of ${build.plugin.name}`,
    });
  }
  if (build?.requestId) {
    ways.push({
      to: administrator
        ? `${administration}/reviews/${encodeURIComponent(build.requestId)}`
        : `${publishing}/${encodeURIComponent(build.requestId)}`,
      label: 'The request to publish it',
    });
  }
  if (administrator) {
    ways.push({ to: `${administration}/builds`, label: 'All builds' });
  }
  if (ways.length === 0) {
    return null;
  }
  return (
    <nav aria-label="Where this build belongs">
      <ul className={classes.ways}>
        {ways.map(({ to, label }) => (
          <li key={to}>
            <Link to={to}>{label}</Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function BuildSkeleton() {
  const classes = useStyles();
  return (
    <div className={classes.columns} aria-hidden>
      <div className={classes.column}>
        <Skeleton variant="rect" height={300} />
        <Skeleton variant="rect" height={260} />
      </div>
      <Skeleton variant="rect" height={580} />
    </div>
  );
}

function Failure(props: { error: Error; onRetry: () => void }) {
  const { error, onRetry } = props;
  if (isResponseError(error) && error.statusCode === 404) {
    return (
      <EmptyNote title="This build is not here">
        There is no such build, or it is not for you to see: old ones are
        forgotten after a while, and those of requests are for their authors and
        administrators alone. Check the address.
      </EmptyNote>
    );
  }
  if (isResponseError(error) && error.statusCode === 403) {
    return (
      <EmptyNote title="You may not see this build">
        Builds are for those who may see the plugin on GitHub; those of requests
        for their authors and administrators. If that is you, sign in again.
      </EmptyNote>
    );
  }
  return (
    <LoadFailure
      title="The build could not be shown"
      error={error}
      onRetry={onRetry}
    />
  );
}

/** A build, as it goes: what is built and why, its steps, its log, and what came out. */
export function BuildContent() {
  const { buildId = '' } = useParams();
  const classes = useStyles();
  const { build, error, refreshError, refresh, change } = useBuild(buildId);
  const { busy, error: refusal, run } = useAction();
  const [cancelling, setCancelling] = useState(false);
  const title = build ? buildTitle(build) : 'Build';

  return (
    <div className={classes.root} aria-busy={!build && !error}>
      <Helmet title={`${title} · Build`} />
      <Ways build={build} />
      <div className={classes.top}>
        <div className={classes.heading}>
          <Typography variant="h5" component="h2" className={classes.title}>
            {build || error ? title : <Skeleton width={220} />}
          </Typography>
          {build && <BuildStateLabel state={build.state} />}
        </div>
        {build?.allowedActions.includes('retry') && (
          <Button
            variant="outlined"
            color="primary"
            startIcon={<RetryIcon />}
            disabled={Boolean(busy)}
            onClick={() =>
              run('retry', () =>
                change(api => api.retryBuild({ id: build.id })),
              )
            }
          >
            {busy ? 'Retry …' : 'Retry'}
          </Button>
        )}
        {build?.allowedActions.includes('cancel') && (
          <Button variant="outlined" onClick={() => setCancelling(true)}>
            Cancel
          </Button>
        )}
      </div>
      {error && <Failure error={error} onRetry={refresh} />}
      <ActionRefusal error={refusal} />
      <StaleAnswerNote error={refreshError} onRetry={refresh} />
      {!build && !error && <BuildSkeleton />}
      {build && (
        <>
          <LiveAnnouncement of={build.state}>
            {`The build is now: ${BUILD_STATE_WORDS[build.state].label}.`}
          </LiveAnnouncement>
          <BuildOutcome build={build} />
          <div className={classes.columns}>
            <div className={classes.column}>
              <RequestSection title="Steps">
                {build.steps.length > 0 ? (
                  <BuildSteps
                    steps={build.steps}
                    logOf={step => `?step=${encodeURIComponent(step)}`}
                  />
                ) : (
                  <Typography variant="body2" className={classes.label}>
                    {build.state === 'building'
                      ? 'The runner is about to begin.'
                      : 'None was begun.'}
                  </Typography>
                )}
              </RequestSection>
              <RequestSection title="About">
                <BuildFacts build={build} />
              </RequestSection>
            </div>
            <div className={classes.column}>
              <BuildLog build={build} />
              {build.proofs.length > 0 && (
                <RequestSection title="Proofs">
                  <ProofList proofs={build.proofs} />
                </RequestSection>
              )}
              {build.vulnerabilities && (
                <RequestSection title="Vulnerabilities">
                  <VulnerabilityList report={build.vulnerabilities} />
                </RequestSection>
              )}
            </div>
          </div>
        </>
      )}
      {build && cancelling && (
        <CancelDialog
          build={build}
          change={change}
          onClose={() => setCancelling(false)}
        />
      )}
    </div>
  );
}
