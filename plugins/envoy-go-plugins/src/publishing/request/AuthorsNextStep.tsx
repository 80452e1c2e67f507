import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import Button from '@material-ui/core/Button';
import Checkbox from '@material-ui/core/Checkbox';
import FormControlLabel from '@material-ui/core/FormControlLabel';
import { makeStyles } from '@material-ui/core/styles';
import TextField from '@material-ui/core/TextField';
import Typography from '@material-ui/core/Typography';
import { LinkButton } from '@backstage/core-components';
import { useRouteRef } from '@backstage/core-plugin-api';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import type {
  PublishRequest,
  PublishRequestState,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { counted } from '../../administration/lists';
import { RelativeTime } from '../../time';
import type { ChangeRequest } from '../answers';
import { isOver } from '../words';
import { ActionRefusal } from './ActionRefusal';
import { AuthorHandOver } from './AuthorHandOver';
import { BotHandOver } from './BotHandOver';
import { RequestSection } from './RequestSection';
import { useAction } from './useAction';

const useStyles = makeStyles(theme => ({
  root: { display: 'grid', gap: theme.spacing(1.5), justifyItems: 'start' },
  both: { display: 'grid', gap: theme.spacing(2) },
  quote: {
    margin: 0,
    paddingLeft: theme.spacing(2),
    borderLeft: `3px solid ${theme.palette.divider}`,
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
  },
  label: { color: theme.palette.textSubtle },
  words: { overflowWrap: 'anywhere' },
}));

/** In which the repository may still be handed over, or the hand over be undone. */
const BEFORE_DECISION: readonly PublishRequestState[] = [
  'checking',
  'needs-work',
  'ready',
  'in-review',
  'changes-requested',
];

interface StepProps {
  request: PublishRequest;
  change: ChangeRequest;
}

function CheckAgain(props: StepProps) {
  const { request, change } = props;
  const { busy, error, run } = useAction();
  if (!request.allowedActions.includes('check')) {
    return null;
  }
  return (
    <>
      <Button
        variant="contained"
        color="primary"
        disabled={Boolean(busy)}
        onClick={() =>
          run('check', () => change(api => api.checkPublishRequest(request.id)))
        }
      >
        {busy ? 'Checking …' : 'Check again'}
      </Button>
      <ActionRefusal error={error} />
    </>
  );
}

function Submit(props: StepProps) {
  const { request, change } = props;
  const classes = useStyles();
  const fieldId = useId();
  const [text, setText] = useState('');
  const [agreedTo, setAgreedTo] = useState<string>();
  const { busy, error, run } = useAction();
  const { consent } = request;
  if (!request.allowedActions.includes('submit') || consent === undefined) {
    return null;
  }
  const { couldNotRun } = request.checks;
  return (
    <>
      <Typography>
        Nothing stands in the way.{' '}
        {couldNotRun > 0 &&
          `${counted(
            couldNotRun,
            'check',
            'checks',
          )} could not run; whoever reviews it decides about that. `}
        Administrators look at the commit that was checked: what you push
        afterwards has to be checked and submitted anew.
      </Typography>
      <TextField
        id={fieldId}
        fullWidth
        multiline
        maxRows={8}
        variant="outlined"
        size="small"
        label="A word to whoever reviews it (optional)"
        InputLabelProps={{ className: classes.label }}
        value={text}
        onChange={event => setText(event.target.value)}
      />
      {request.bot.state === 'not-needed' &&
        request.bot.steps.map(step => (
          <Typography key={step} className={classes.words}>
            {step}
          </Typography>
        ))}
      <FormControlLabel
        className={classes.words}
        control={
          <Checkbox
            color="primary"
            checked={agreedTo === consent}
            onChange={(_, checked) =>
              setAgreedTo(checked ? consent : undefined)
            }
          />
        }
        label={consent}
      />
      <ActionRefusal error={error} />
      <Button
        variant="contained"
        color="primary"
        disabled={Boolean(busy) || agreedTo !== consent}
        onClick={() =>
          run('submit', () =>
            change(api =>
              api.submitPublishRequest({
                id: request.id,
                agreedTo: consent,
                ...(text.trim() && { text: text.trim() }),
              }),
            ),
          )
        }
      >
        {busy ? 'Submitting …' : 'Submit for review'}
      </Button>
    </>
  );
}

/** What the administrators wrote with their last decision of a kind. */
function LastWords(props: {
  request: PublishRequest;
  kind: 'reject' | 'request-changes';
}) {
  const classes = useStyles();
  const last = props.request.decisions
    .filter(({ kind }) => kind === props.kind)
    .at(-1);
  return last?.text ? (
    <blockquote className={classes.quote}>{last.text}</blockquote>
  ) : null;
}

function PluginLink(props: { request: PublishRequest }) {
  const entityPath = useRouteRef(entityRouteRef);
  const { plugin } = props.request;
  return plugin && entityPath ? (
    <LinkButton
      to={entityPath({ kind: 'envoygoplugin', ...plugin })}
      variant="contained"
      color="primary"
    >
      Open the plugin
    </LinkButton>
  ) : null;
}

/** Why the checks did not come to an end, in the portal's words. */
function whyUnchecked(request: PublishRequest): string {
  const last = request.timeline
    .filter(({ kind, state }) => kind === 'state' && state === 'needs-work')
    .at(-1);
  const text = last?.text ?? 'Something stood in the way of the checks';
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function wordsOf(props: StepProps): { title: string; body: ReactNode } {
  const { request } = props;
  const { state, checks } = request;
  switch (state) {
    case 'checking':
      return {
        title: 'The checks run',
        body: (
          <Typography>
            They look at <code>{request.branch}</code> as it is now. You may
            leave this page: you are notified when they are through.
          </Typography>
        ),
      };
    case 'needs-work':
      return {
        title:
          checks.failed > 0
            ? `Mend ${counted(checks.failed, 'check', 'checks')}`
            : 'Check again',
        body: (
          <>
            <Typography>
              {checks.failed > 0
                ? 'Each says below what it found and how to mend it. '
                : `${whyUnchecked(request)} `}
              Push to <code>{request.branch}</code>, then check again.
            </Typography>
            <CheckAgain {...props} />
          </>
        ),
      };
    case 'ready':
      return { title: 'Submit it', body: <Submit {...props} /> };
    case 'in-review':
      return {
        title: 'Administrators look at it',
        body: (
          <Typography>
            {request.submittedAt && (
              <>
                Submitted <RelativeTime value={request.submittedAt} />.{' '}
              </>
            )}
            {request.approvals} of{' '}
            {counted(
              request.neededApprovals,
              'needed approval',
              'needed approvals',
            )}
            . You are notified when they decide or ask something.
          </Typography>
        ),
      };
    case 'changes-requested':
      return {
        title: 'Administrators want something changed',
        body: (
          <>
            <LastWords request={request} kind="request-changes" />
            <Typography>
              Answer below, or change it, push to <code>{request.branch}</code>{' '}
              and check again. Then submit it anew.
            </Typography>
            <CheckAgain {...props} />
            {request.allowedActions.includes('submit') && <Submit {...props} />}
          </>
        ),
      };
    case 'rejected':
      return {
        title: 'Administrators decided against it',
        body: (
          <>
            <LastWords request={request} kind="reject" />
            <Typography>
              The repository stays yours, and nothing was changed on GitHub.
            </Typography>
          </>
        ),
      };
    case 'withdrawn':
      return {
        title: 'You withdrew it',
        body: (
          <Typography>
            The repository stays yours, and nothing was changed on GitHub. You
            may ask for its publication again at any time.
          </Typography>
        ),
      };
    case 'approved':
    case 'publishing':
      return {
        title: 'It is being published',
        body: (
          <Typography>
            The repository moves to {request.target} and is set up there. This
            needs nothing of you; GitHub takes a minute or two for a transfer.
          </Typography>
        ),
      };
    case 'publishing-failed':
      return {
        title: 'Publication stopped half-way',
        body: (
          <Typography>
            The step that failed says why. Administrators were told; one of them
            tries it again. This needs nothing of you unless the step names
            something.
          </Typography>
        ),
      };
    case 'aborted':
      return {
        title: 'Publication was given up half-way',
        body: (
          <Typography>
            The steps below tell what was done until then, and what happened
            tells why. Ask the administrators what becomes of the repository.
          </Typography>
        ),
      };
    default:
      return {
        title: 'It is published',
        body: (
          <>
            <Typography>
              The repository is {request.target} now, and you stay its
              maintainer. Write a release on GitHub, and it is built.
            </Typography>
            <PluginLink request={request} />
          </>
        ),
      };
  }
}

/** What the author of a request has to do now, or what they wait for. */
export function AuthorsNextStep(props: StepProps) {
  const { request, change } = props;
  const { state, bot } = request;
  const classes = useStyles();
  const { title, body } = wordsOf(props);
  const handOver =
    !['admin', 'not-needed'].includes(bot.state) &&
    BEFORE_DECISION.includes(state);
  // Where nothing is to be mended, that is the one thing to do.
  const handOverOnly = handOver && state === 'ready';
  if (request.handOver) {
    return (
      <AuthorHandOver
        request={request}
        handOver={request.handOver}
        change={change}
      />
    );
  }
  return (
    <div className={classes.both}>
      {!handOverOnly && (
        <RequestSection
          title={title}
          emphasis={!isOver(state) && state !== 'checking'}
        >
          <div className={classes.root}>{body}</div>
        </RequestSection>
      )}
      {handOver && (
        <BotHandOver
          request={request}
          change={change}
          emphasis={handOverOnly}
        />
      )}
    </div>
  );
}
