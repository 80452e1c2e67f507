import type { ReactNode } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import BackIcon from '@material-ui/icons/ArrowBack';
import Skeleton from '@material-ui/lab/Skeleton';
import { Helmet } from 'react-helmet';
import { LinkButton } from '@backstage/core-components';
import type { PublishRequest } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { LiveAnnouncement } from '../../live-updates';
import { REQUEST_STATE_WORDS } from '../words';
import { CheckCounts } from './CheckCounts';
import { CheckList } from './CheckList';
import { CommentForm } from './CommentForm';
import { RequestFacts } from './RequestFacts';
import { RequestSection } from './RequestSection';
import { RequestStages } from './RequestStages';
import { RequestStateLabel } from './RequestStateLabel';
import { RequestTimeline } from './RequestTimeline';
import { TransferSteps } from './TransferSteps';
import type { ChangeRequest } from '../answers';

const useStyles = makeStyles(theme => ({
  root: { display: 'grid', gap: theme.spacing(2), minWidth: 0 },
  top: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(1, 2),
    alignItems: 'center',
  },
  title: { overflowWrap: 'anywhere' },
  description: { overflowWrap: 'anywhere', color: theme.palette.textSubtle },
  heading: { flex: '1 1 320px', minWidth: 0 },
  columns: {
    display: 'grid',
    gap: theme.spacing(2),
    gridTemplateColumns: 'minmax(0, 1fr)',
    alignItems: 'start',
    [theme.breakpoints.up('md')]: {
      gridTemplateColumns: 'minmax(0, 5fr) minmax(280px, 2fr)',
    },
  },
  aside: {
    display: 'grid',
    gap: theme.spacing(2),
    minWidth: 0,
    [theme.breakpoints.up('md')]: {
      position: 'sticky',
      top: theme.spacing(2),
    },
  },
}));

function FrameSkeleton() {
  const classes = useStyles();
  return (
    <>
      <Skeleton variant="rect" height={48} aria-hidden />
      <div className={classes.columns} aria-hidden>
        <div className={classes.root}>
          <Skeleton variant="rect" height={120} />
          <Skeleton variant="rect" height={360} />
        </div>
        <Skeleton variant="rect" height={240} />
      </div>
    </>
  );
}

/** The page of a request: what both its author and administrators see, around what is only for the one or the others. */
export function RequestFrame(props: {
  /** `undefined` while it is loading. */
  request: PublishRequest | undefined;
  change: ChangeRequest;
  back: { to: string; label: string };
  /** Beside the title. */
  actions?: ReactNode;
  /** What stands before everything else. */
  notices?: ReactNode;
  /** What whoever reads has to do now. */
  next?: ReactNode;
  /** Between the checks and what happened. */
  children?: ReactNode;
  /** The check whose findings stand among the children. */
  findingsElsewhere?: string;
  /** In place of the request, where there is none to show. */
  failure?: ReactNode;
}) {
  const { request, change, back, actions, notices, next, failure } = props;
  const classes = useStyles();
  const title = request?.title ?? request?.name;
  return (
    <div className={classes.root} aria-busy={!request && !failure}>
      <Helmet title={`${title ?? 'Request'} · ${back.label}`} />
      <div>
        <LinkButton to={back.to} size="small" startIcon={<BackIcon />}>
          {back.label}
        </LinkButton>
      </div>
      {failure}
      {!failure && (
        <div className={classes.top}>
          <div className={classes.heading}>
            <div className={classes.top}>
              <Typography variant="h5" component="h2" className={classes.title}>
                {title ?? <Skeleton width={220} />}
              </Typography>
              {request && <RequestStateLabel state={request.state} />}
            </div>
            {request?.description && (
              <Typography className={classes.description}>
                {request.description}
              </Typography>
            )}
          </div>
          {actions}
        </div>
      )}
      {notices}
      {!request && !failure && <FrameSkeleton />}
      {request && (
        <>
          <LiveAnnouncement of={request.state}>
            {`The request is now: ${REQUEST_STATE_WORDS[request.state].label}.`}
          </LiveAnnouncement>
          <RequestStages request={request} />
          <div className={classes.columns}>
            <div className={classes.root}>
              {next}
              {request.steps.length > 0 && (
                <RequestSection title="Publication">
                  <TransferSteps
                    steps={request.steps}
                    handOver={request.handOver}
                  />
                </RequestSection>
              )}
              <RequestSection
                title="Checks"
                aside={
                  <div role="status">
                    <CheckCounts checks={request.checks} />
                  </div>
                }
              >
                <CheckList
                  checks={request.checkResults.map(check =>
                    check.checkId === props.findingsElsewhere
                      ? { ...check, findings: undefined }
                      : check,
                  )}
                  state={request.state}
                  host={request.host}
                />
              </RequestSection>
              {props.children}
              <RequestSection title="What happened">
                <RequestTimeline request={request} />
                {request.allowedActions.includes('comment') && (
                  <CommentForm request={request} change={change} />
                )}
              </RequestSection>
            </div>
            <div className={classes.aside}>
              <RequestSection title="About">
                <RequestFacts request={request} />
              </RequestSection>
            </div>
          </div>
        </>
      )}
    </div>
  );
}
