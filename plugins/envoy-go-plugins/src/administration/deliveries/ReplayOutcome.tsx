import { makeStyles } from '@material-ui/core/styles';
import Alert from '@material-ui/lab/Alert';
import type { DeliveryReplayResult } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { describeReplay } from './describeReplay';

const useStyles = makeStyles(theme => ({
  refused: {
    margin: theme.spacing(0.5, 0, 0),
    paddingLeft: theme.spacing(2.5),
  },
}));

/** Says what became of a replay. */
export function ReplayOutcome(props: {
  result: DeliveryReplayResult;
  onClose: () => void;
}) {
  const classes = useStyles();
  const { severity, message, refused } = describeReplay(props.result);
  return (
    <Alert
      severity={severity}
      variant="outlined"
      role="status"
      onClose={props.onClose}
      closeText="Dismiss"
    >
      {message}
      {refused.length > 0 && (
        <ul className={classes.refused}>
          {refused.map(line => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
    </Alert>
  );
}
