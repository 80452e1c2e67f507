import { useId, useState } from 'react';
import Button from '@material-ui/core/Button';
import { makeStyles, useTheme } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import Alert from '@material-ui/lab/Alert';
import { DateTime } from 'luxon';
import { toError } from '@backstage/errors';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import type {
  ManagementOperation,
  ManagementStep,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { describeRefusal } from '../../administration/answers';
import { STEP_STATE_WORDS, toneColor } from '../../publishing/words';
import { RelativeTime } from '../../time';
import { OperationState } from './OperationState';

const useStyles = makeStyles(theme => ({
  root: {
    display: 'grid',
    gap: theme.spacing(1),
    padding: theme.spacing(1.5, 0),
    '&:not(:last-child)': {
      borderBottom: `1px solid ${theme.palette.divider}`,
    },
  },
  top: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: theme.spacing(0, 1.5),
  },
  title: { fontWeight: 600, overflowWrap: 'anywhere' },
  subtle: { color: theme.palette.textSubtle, overflowWrap: 'anywhere' },
  steps: {
    listStyle: 'none',
    margin: 0,
    padding: 0,
    display: 'grid',
    gap: theme.spacing(0.5),
    '&[hidden]': { display: 'none' },
  },
  step: {
    display: 'grid',
    gridTemplateColumns: '20px minmax(0, 1fr)',
    gap: theme.spacing(1),
  },
  icon: { fontSize: 20 },
  log: {
    listStyle: 'none',
    margin: 0,
    padding: 0,
    fontSize: 13,
    color: theme.palette.textSubtle,
    overflowWrap: 'anywhere',
    '& time': { fontFamily: 'monospace', marginRight: theme.spacing(1) },
  },
  error: { overflowWrap: 'anywhere' },
}));

function Step(props: { step: ManagementStep }) {
  const { title, state, error, log } = props.step;
  const classes = useStyles();
  const theme = useTheme();
  const { label, tone, Icon } = STEP_STATE_WORDS[state];
  return (
    <li
      className={classes.step}
      aria-current={state === 'running' ? 'step' : undefined}
    >
      <Icon
        className={classes.icon}
        style={{ color: toneColor(theme, tone) }}
        titleAccess={label}
      />
      <div>
        <span>{title}</span>
        {error && state !== 'done' && (
          <Alert
            severity={state === 'failed' ? 'error' : 'warning'}
            variant="outlined"
            className={classes.error}
          >
            {error}
          </Alert>
        )}
        {log.length > 0 && (
          <ol className={classes.log} aria-label={`Log of “${title}”`}>
            {log.map(({ at, text }, index) => (
              <li key={index}>
                <time dateTime={at}>
                  {DateTime.fromISO(at).toFormat('HH:mm:ss')}
                </time>
                {text}
              </li>
            ))}
          </ol>
        )}
      </div>
    </li>
  );
}

/** Something that is done to a plugin: what, by whom, why, how far it is, and the way on where a step failed. */
export function OperationProgress(props: {
  operation: ManagementOperation;
  /** Throws why it could not be tried again. */
  onRetry: (operation: ManagementOperation) => Promise<void>;
}) {
  const { operation, onRetry } = props;
  const { title, state, by, reason, startedAt, steps, mayRetry } = operation;
  const classes = useStyles();
  const stepsId = useId();
  const [wanted, setWanted] = useState<boolean>();
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Error>();
  const open = wanted ?? state !== 'done';

  const retry = async () => {
    setBusy(true);
    setRefusal(undefined);
    try {
      await onRetry(operation);
    } catch (thrown) {
      setRefusal(toError(thrown));
    }
    setBusy(false);
  };

  return (
    <article className={classes.root} aria-label={title}>
      <div className={classes.top}>
        <span className={classes.title}>{title}</span>
        <OperationState state={state} />
        <Button
          size="small"
          aria-expanded={open}
          aria-controls={stepsId}
          aria-label={`${open ? 'Hide steps' : 'Steps'} of “${title}”`}
          onClick={() => setWanted(!open)}
        >
          {open ? 'Hide steps' : 'Steps'}
        </Button>
        {mayRetry && (
          <Button
            size="small"
            variant="outlined"
            color="primary"
            disabled={busy}
            onClick={retry}
          >
            Try again
          </Button>
        )}
      </div>
      <Typography variant="body2" className={classes.subtle}>
        <EntityRefLink entityRef={by} defaultKind="user" hideIcon />,{' '}
        <RelativeTime value={startedAt} />: {reason}
      </Typography>
      {refusal && (
        <Alert severity="error" variant="outlined">
          {describeRefusal(refusal)}
        </Alert>
      )}
      <ol id={stepsId} className={classes.steps} hidden={!open}>
        {open && steps.map(step => <Step key={step.title} step={step} />)}
      </ol>
    </article>
  );
}
