import { useState } from 'react';
import Button from '@material-ui/core/Button';
import { makeStyles } from '@material-ui/core/styles';
import type { Theme } from '@material-ui/core/styles';
import TextField from '@material-ui/core/TextField';
import Typography from '@material-ui/core/Typography';
import { Link } from '@backstage/core-components';
import { useRouteRef } from '@backstage/core-plugin-api';
import type {
  PublishDecisionKind,
  PublishRequest,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { readableErrorColor } from '../../accessibility';
import { shortCommit } from '../../commits';
import type { ChangeRequest } from '../../publishing/answers';
import {
  ActionRefusal,
  RequestSection,
  useAction,
} from '../../publishing/request';
import { publishingRouteRef } from '../../routes';
import { ConfirmDialog, counted } from '../lists';
import { DecisionDialog } from './DecisionDialog';
import { useIsOwn } from './useIsOwn';

const useStyles = makeStyles((theme: Theme) => ({
  root: { display: 'grid', gap: theme.spacing(1.5) },
  actions: { display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1) },
  dangerous: {
    color: readableErrorColor(theme),
    borderColor: readableErrorColor(theme),
  },
  label: { color: theme.palette.textSubtle },
}));

interface StepProps {
  request: PublishRequest;
  change: ChangeRequest;
}

function OwnRequest(props: { request: PublishRequest }) {
  const publishingPath = useRouteRef(publishingRouteRef)();
  return (
    <RequestSection title="This is your own request">
      <Typography>
        Nobody approves their own request: somebody else of the administrators
        decides about it. What you can do as its author is on{' '}
        <Link
          to={`${publishingPath}/${encodeURIComponent(props.request.id)}`}
          underline="always"
        >
          your page of the request
        </Link>
        .
      </Typography>
    </RequestSection>
  );
}

function Decide(props: StepProps) {
  const { request, change } = props;
  const classes = useStyles();
  const [deciding, setDeciding] = useState<PublishDecisionKind>();
  const may = (kind: PublishDecisionKind) =>
    request.allowedActions.includes(kind);
  const { failed, couldNotRun } = request.checks;
  return (
    <RequestSection title="Your decision" emphasis>
      <div className={classes.root}>
        <Typography>
          It is about{' '}
          <Link to={request.commitUrl} underline="always">
            commit {shortCommit(request.commit)}
          </Link>
          : read its source, what changes in its description, and the risk
          report.{' '}
          {couldNotRun > 0 &&
            `${counted(
              couldNotRun,
              'check',
              'checks',
            )} could not run, which is no “passed”: an approval says for each why it is made all the same. `}
          {failed > 0 &&
            `${counted(
              failed,
              'check',
              'checks',
            )} failed: that cannot be approved. `}
          {request.neededApprovals > 1 &&
            `${request.approvals} of ${request.neededApprovals} needed approvals.`}
        </Typography>
        <div className={classes.actions}>
          {may('approve') && (
            <Button
              variant="contained"
              color="primary"
              onClick={() => setDeciding('approve')}
            >
              Approve
            </Button>
          )}
          {may('request-changes') && (
            <Button
              variant="outlined"
              color="primary"
              onClick={() => setDeciding('request-changes')}
            >
              Ask for changes
            </Button>
          )}
          {may('reject') && (
            <Button
              variant="outlined"
              className={classes.dangerous}
              onClick={() => setDeciding('reject')}
            >
              Reject
            </Button>
          )}
        </div>
      </div>
      {deciding && (
        <DecisionDialog
          kind={deciding}
          request={request}
          change={change}
          onClose={() => setDeciding(undefined)}
        />
      )}
    </RequestSection>
  );
}

function Failed(props: StepProps) {
  const { request, change } = props;
  const classes = useStyles();
  const { busy, error, run } = useAction();
  const [aborting, setAborting] = useState(false);
  const [text, setText] = useState('');
  const step = request.steps.find(({ state }) => state === 'failed');
  const done = request.steps.filter(({ state }) => state === 'done').length;
  return (
    <RequestSection
      title={
        step ? `It stopped at “${step.title}”` : 'Publication stopped half-way'
      }
      emphasis
    >
      <div className={classes.root}>
        <Typography>
          {done} of {counted(request.steps.length, 'step', 'steps')} are done.
          Mend what the step names, then try it again: it goes on where it
          stopped, and does nothing twice.
        </Typography>
        <ActionRefusal error={error} />
        <div className={classes.actions}>
          {request.allowedActions.includes('retry') && (
            <Button
              variant="contained"
              color="primary"
              disabled={Boolean(busy)}
              onClick={() =>
                run('retry', () =>
                  change(api => api.retryPublishing({ id: request.id })),
                )
              }
            >
              {busy ? 'Trying again …' : 'Try again'}
            </Button>
          )}
          {request.allowedActions.includes('abort') && (
            <Button
              variant="outlined"
              className={classes.dangerous}
              disabled={Boolean(busy)}
              onClick={() => setAborting(true)}
            >
              Abort
            </Button>
          )}
        </div>
      </div>
      {aborting && (
        <ConfirmDialog
          title="Give the publication up half-way?"
          action="Abort"
          dangerous
          ready={Boolean(text.trim())}
          onConfirm={() =>
            change(api =>
              api.abortPublishing({ id: request.id, text: text.trim() }),
            )
          }
          onClose={() => setAborting(false)}
        >
          <Typography>
            What was done stays done: the steps say what that is, and where the
            repository is now. The author is told.
          </Typography>
          <TextField
            id="envoy-go-plugins-abort-reason"
            required
            fullWidth
            multiline
            minRows={2}
            maxRows={8}
            variant="outlined"
            size="small"
            label="Why, and what becomes of the repository"
            InputLabelProps={{ className: classes.label }}
            value={text}
            onChange={event => setText(event.target.value)}
          />
        </ConfirmDialog>
      )}
    </RequestSection>
  );
}

/** What an administrator can do about a request now, or why they cannot. */
export function ReviewersNextStep(props: StepProps) {
  const { request } = props;
  const { state, allowedActions } = request;
  const own = useIsOwn(request.author);
  if (own === undefined) {
    return null;
  }
  if (state === 'publishing-failed') {
    return <Failed {...props} />;
  }
  if (state !== 'in-review') {
    return null;
  }
  if (own) {
    return <OwnRequest request={request} />;
  }
  const may = ['approve', 'request-changes', 'reject'] as const;
  if (may.some(kind => allowedActions.includes(kind))) {
    return <Decide {...props} />;
  }
  return (
    <RequestSection title="Nothing for you to decide">
      <Typography>
        {request.approvals} of{' '}
        {counted(
          request.neededApprovals,
          'needed approval',
          'needed approvals',
        )}
        . Yours counts once; somebody else of the administrators gives the next.
      </Typography>
    </RequestSection>
  );
}
