import { useId, useState } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import TextField from '@material-ui/core/TextField';
import Typography from '@material-ui/core/Typography';
import type {
  PublishCheckResult,
  PublishDecisionKind,
  PublishRequest,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { shortCommit } from '../../commits';
import type { ChangeRequest } from '../../publishing/answers';
import { ConfirmDialog } from '../lists';

const useStyles = makeStyles(theme => ({
  exceptions: {
    display: 'grid',
    gap: theme.spacing(2),
    margin: 0,
    padding: theme.spacing(2),
    border: `1px dashed ${theme.palette.divider}`,
    borderRadius: theme.shape.borderRadius,
    minWidth: 0,
  },
  legend: { padding: theme.spacing(0, 0.5), fontWeight: 600 },
  label: { color: theme.palette.textSubtle },
}));

const WORDS: Record<
  PublishDecisionKind,
  { title: string; action: string; label: string; dangerous?: boolean }
> = {
  approve: {
    title: 'Approve',
    action: 'Approve',
    label: 'A word to the author (optional)',
  },
  'request-changes': {
    title: 'Ask for changes to',
    action: 'Ask for changes',
    label: 'What has to change',
  },
  reject: {
    title: 'Reject',
    action: 'Reject',
    label: 'Why, for the author to read',
    dangerous: true,
  },
};

function consequenceOf(kind: PublishDecisionKind, request: PublishRequest) {
  switch (kind) {
    case 'approve': {
      const missing = request.neededApprovals - request.approvals - 1;
      return missing > 0
        ? `Your approval counts for commit ${shortCommit(
            request.commit,
          )}. It takes ${missing} more before the repository is transferred.`
        : `The repository is transferred to ${
            request.target
          } and set up there, if it still is at commit ${shortCommit(
            request.commit,
          )}.`;
    }
    case 'request-changes':
      return 'It goes back to its author, who changes it and submits it anew.';
    default:
      return 'The request ends. The repository stays its author’s; nothing is changed on GitHub.';
  }
}

/** Takes a decision about the commit that was looked at, with the reasons that it needs. */
export function DecisionDialog(props: {
  kind: PublishDecisionKind;
  request: PublishRequest;
  change: ChangeRequest;
  onClose: () => void;
}) {
  const { kind, change, onClose } = props;
  const classes = useStyles();
  const fieldId = useId();
  // What is decided about is what was there when the decision began, not what came meanwhile.
  const [request] = useState(props.request);
  const [text, setText] = useState('');
  const [reasons, setReasons] = useState<Record<string, string>>({});
  const words = WORDS[kind];
  const excepted: PublishCheckResult[] =
    kind === 'approve'
      ? request.checkResults.filter(
          ({ outcome }) => outcome === 'could-not-run',
        )
      : [];
  const exceptions = excepted.map(({ checkId }) => ({
    checkId,
    reason: (reasons[checkId] ?? '').trim(),
  }));
  const ready =
    (kind === 'approve' || Boolean(text.trim())) &&
    exceptions.every(({ reason }) => reason);

  return (
    <ConfirmDialog
      title={`${words.title} ${request.title ?? request.name}`}
      action={words.action}
      dangerous={words.dangerous}
      ready={ready}
      onConfirm={() =>
        change(api =>
          api.decidePublishRequest({
            id: request.id,
            kind,
            commit: request.commit,
            ...(text.trim() && { text: text.trim() }),
            ...(exceptions.length > 0 && { exceptions }),
          }),
        )
      }
      onClose={onClose}
    >
      <Typography>{consequenceOf(kind, request)}</Typography>
      {excepted.length > 0 && (
        <fieldset className={classes.exceptions}>
          <legend className={classes.legend}>
            Not checked: say why you approve all the same
          </legend>
          {excepted.map(({ checkId, title, summary }) => (
            <TextField
              key={checkId}
              id={`${fieldId}-${checkId}`}
              required
              fullWidth
              multiline
              maxRows={4}
              variant="outlined"
              size="small"
              label={title}
              InputLabelProps={{ className: classes.label }}
              FormHelperTextProps={{ className: classes.label }}
              helperText={summary}
              value={reasons[checkId] ?? ''}
              onChange={event =>
                setReasons({ ...reasons, [checkId]: event.target.value })
              }
            />
          ))}
        </fieldset>
      )}
      <TextField
        id={fieldId}
        fullWidth
        multiline
        minRows={2}
        maxRows={12}
        required={kind !== 'approve'}
        variant="outlined"
        size="small"
        label={words.label}
        InputLabelProps={{ className: classes.label }}
        FormHelperTextProps={{ className: classes.label }}
        helperText="Markdown. The author reads it; it is recorded."
        value={text}
        onChange={event => setText(event.target.value)}
      />
    </ConfirmDialog>
  );
}
