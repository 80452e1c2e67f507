import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import Button from '@material-ui/core/Button';
import Dialog from '@material-ui/core/Dialog';
import DialogActions from '@material-ui/core/DialogActions';
import DialogContent from '@material-ui/core/DialogContent';
import DialogTitle from '@material-ui/core/DialogTitle';
import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import Alert from '@material-ui/lab/Alert';
import { toError } from '@backstage/errors';
import { readableErrorColor } from '../../accessibility';
import { describeRefusal } from '../answers';

const useStyles = makeStyles(theme => ({
  content: {
    display: 'flex',
    flexDirection: 'column',
    gap: theme.spacing(2),
  },
  dangerous: {
    color: readableErrorColor(theme),
    borderColor: readableErrorColor(theme),
  },
}));

/**
 * Asks before something is done, does it, and stays open with the reason where it could not be done.
 */
export function ConfirmDialog(props: {
  title: string;
  children: ReactNode;
  /** What the button says, such as "Remove". */
  action: string;
  dangerous?: boolean;
  /** Whether there is enough to do it. Default true. */
  ready?: boolean;
  /** Resolves to `stay` where it was not done, and a field says why. */
  onConfirm: () => Promise<'stay' | void>;
  onClose: () => void;
}) {
  const { title, children, action, dangerous, ready = true } = props;
  const classes = useStyles();
  const titleId = useId();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error>();

  const confirm = async () => {
    setBusy(true);
    setError(undefined);
    try {
      if ((await props.onConfirm()) === 'stay') {
        setBusy(false);
      } else {
        props.onClose();
      }
    } catch (thrown) {
      setError(toError(thrown));
      setBusy(false);
    }
  };

  return (
    <Dialog
      open
      fullWidth
      maxWidth="sm"
      onClose={busy ? undefined : props.onClose}
      aria-labelledby={titleId}
    >
      <form
        onSubmit={event => {
          event.preventDefault();
          if (ready && !busy) {
            confirm();
          }
        }}
      >
        <DialogTitle id={titleId} disableTypography>
          <Typography variant="h6" component="h2">
            {title}
          </Typography>
        </DialogTitle>
        <DialogContent>
          <div className={classes.content}>
            {children}
            {error && (
              <Alert severity="error" variant="outlined">
                {describeRefusal(error)}
              </Alert>
            )}
          </div>
        </DialogContent>
        <DialogActions>
          <Button onClick={props.onClose} disabled={busy}>
            Cancel
          </Button>
          <Button
            type="submit"
            variant={dangerous ? 'outlined' : 'contained'}
            color={dangerous ? 'default' : 'primary'}
            className={dangerous ? classes.dangerous : undefined}
            disabled={busy || !ready}
          >
            {busy ? `${action} …` : action}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
