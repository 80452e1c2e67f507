import { useId, useState } from 'react';
import Button from '@material-ui/core/Button';
import { makeStyles } from '@material-ui/core/styles';
import TextField from '@material-ui/core/TextField';
import Typography from '@material-ui/core/Typography';
import { useLocation, useParams } from 'react-router-dom';
import type { PublishRequest } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { StaleAnswerNote, isResponseError } from '../../administration/answers';
import { ConfirmDialog, EmptyNote } from '../../administration/lists';
import { PublishingFailure, usePublishRequest } from '../answers';
import type { ChangeRequest } from '../answers';
import { AuthorsNextStep } from './AuthorsNextStep';
import { RequestFrame } from './RequestFrame';

const useStyles = makeStyles(theme => ({
  label: { color: theme.palette.textSubtle },
}));

function WithdrawDialog(props: {
  request: PublishRequest;
  change: ChangeRequest;
  onClose: () => void;
}) {
  const { request, change, onClose } = props;
  const classes = useStyles();
  const fieldId = useId();
  const [text, setText] = useState('');
  return (
    <ConfirmDialog
      title={`Withdraw ${request.title ?? request.name}?`}
      action="Withdraw"
      dangerous
      onConfirm={() =>
        change(api =>
          api.withdrawPublishRequest({
            id: request.id,
            ...(text.trim() && { text: text.trim() }),
          }),
        )
      }
      onClose={onClose}
    >
      <Typography>
        The request ends; nothing is changed on GitHub. You may ask for the
        publication of {request.repository} again at any time.
      </Typography>
      <TextField
        id={fieldId}
        fullWidth
        multiline
        maxRows={8}
        variant="outlined"
        size="small"
        label="Why (optional)"
        InputLabelProps={{ className: classes.label }}
        value={text}
        onChange={event => setText(event.target.value)}
      />
    </ConfirmDialog>
  );
}

/** What stands where there is no such request for whoever asks. */
function NoSuchRequest() {
  return (
    <EmptyNote title="This request is not here">
      There is no such request, or it is somebody else’s: only its author and
      administrators see it. Check the address, or look at your own requests.
    </EmptyNote>
  );
}

/** A request, for its author. */
export function PublishRequestPage() {
  const { requestId = '' } = useParams();
  const { search } = useLocation();
  const { request, error, refreshError, refresh, change } =
    usePublishRequest(requestId);
  const [withdrawing, setWithdrawing] = useState(false);

  const forgotten =
    error && isResponseError(error) && [403, 404].includes(error.statusCode);
  let failure;
  if (forgotten) {
    failure = <NoSuchRequest />;
  } else if (error) {
    failure = (
      <PublishingFailure
        title="The request could not be shown"
        error={error}
        onRetry={refresh}
      />
    );
  }

  return (
    <>
      <RequestFrame
        request={request}
        change={change}
        back={{ to: `..${search}`, label: 'My requests' }}
        actions={
          request?.allowedActions.includes('withdraw') && (
            <Button variant="outlined" onClick={() => setWithdrawing(true)}>
              Withdraw
            </Button>
          )
        }
        notices={<StaleAnswerNote error={refreshError} onRetry={refresh} />}
        next={request && <AuthorsNextStep request={request} change={change} />}
        failure={failure}
      />
      {request && withdrawing && (
        <WithdrawDialog
          request={request}
          change={change}
          onClose={() => setWithdrawing(false)}
        />
      )}
    </>
  );
}
