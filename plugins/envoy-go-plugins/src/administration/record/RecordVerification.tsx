import { useState } from 'react';
import Button from '@material-ui/core/Button';
import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import VerifyIcon from '@material-ui/icons/VerifiedUserOutlined';
import Alert from '@material-ui/lab/Alert';
import { useApi } from '@backstage/core-plugin-api';
import type { RecordVerification as Verification } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { envoyGoPluginsAdministrationApiRef } from '../../api';
import { CopyButton } from '../../clipboard';
import { describeRefusal } from '../answers';

const useStyles = makeStyles(theme => ({
  problems: { margin: 0, paddingLeft: theme.spacing(2.5) },
  hash: { overflowWrap: 'anywhere' },
}));

/** Looks whether the record is as it was written. */
export function useRecordVerification() {
  const api = useApi(envoyGoPluginsAdministrationApiRef);
  const [found, setFound] = useState<Verification | Error>();
  const [busy, setBusy] = useState(false);
  const verify = async () => {
    setBusy(true);
    try {
      setFound(await api.verifyRecord());
    } catch (error) {
      setFound(error as Error);
    }
    setBusy(false);
  };
  return { found, busy, verify, forget: () => setFound(undefined) };
}

/** Has the record verified. */
export function VerifyRecordButton(props: {
  busy: boolean;
  onVerify: () => void;
}) {
  const { busy, onVerify } = props;
  return (
    <Button
      size="small"
      variant="outlined"
      color="primary"
      startIcon={<VerifyIcon />}
      disabled={busy}
      onClick={onVerify}
    >
      {busy ? 'Verifying …' : 'Verify'}
    </Button>
  );
}

/** What a verification found. */
export function RecordVerificationNote(props: {
  found: Verification | Error;
  onClose: () => void;
}) {
  const { found, onClose } = props;
  const classes = useStyles();
  if (found instanceof Error) {
    return (
      <Alert severity="error" variant="outlined" onClose={onClose}>
        The record could not be verified: {describeRefusal(found)}
      </Alert>
    );
  }
  const { records, problems, hash } = found;
  return (
    <Alert
      severity={problems.length === 0 ? 'success' : 'error'}
      variant="outlined"
      onClose={onClose}
    >
      {problems.length === 0 ? (
        `All ${records} records are there, as they were written.`
      ) : (
        <>
          The record is not as it was written:
          <ul className={classes.problems}>
            {problems.map(({ message }) => (
              <li key={message}>{message}</li>
            ))}
          </ul>
        </>
      )}
      {records > 0 && (
        <Typography variant="body2" className={classes.hash}>
          It ends with the hash <code>{hash}</code>{' '}
          <CopyButton text={hash} what="the hash" />
          Kept elsewhere, it tells later whether any of them was changed.
        </Typography>
      )}
    </Alert>
  );
}
