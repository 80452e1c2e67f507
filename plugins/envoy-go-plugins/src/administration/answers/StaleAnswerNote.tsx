import Button from '@material-ui/core/Button';
import Alert from '@material-ui/lab/Alert';
import { describeFailure } from '../../feedback';

/** Says that what is shown could not be brought up to date, and offers to try again. */
export function StaleAnswerNote(props: {
  error: Error | undefined;
  onRetry: () => void;
}) {
  const { error, onRetry } = props;
  if (!error) {
    return null;
  }
  return (
    <Alert
      severity="warning"
      variant="outlined"
      role="status"
      action={
        <Button color="inherit" size="small" onClick={onRetry}>
          Retry
        </Button>
      }
    >
      {describeFailure(error).sentence} Shown is what was known before.
    </Alert>
  );
}
