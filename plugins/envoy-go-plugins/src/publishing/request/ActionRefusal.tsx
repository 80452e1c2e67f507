import Alert from '@material-ui/lab/Alert';
import { describeRefusal } from '../../administration/answers';

/** Why what somebody wanted was not done. */
export function ActionRefusal(props: { error: Error | undefined }) {
  const { error } = props;
  return error ? (
    <Alert severity="error" variant="outlined">
      {describeRefusal(error)}
    </Alert>
  ) : null;
}
