import { useId, useState } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import TextField from '@material-ui/core/TextField';
import Typography from '@material-ui/core/Typography';
import type { PluginManagement } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { ConfirmDialog } from '../../administration/lists';
import type { ManagePlugin } from '../answers';
import { ReasonField } from './ReasonField';
import { useFieldRefusals } from './useFieldRefusals';

const useStyles = makeStyles(theme => ({
  label: { color: theme.palette.textSubtle },
  steps: { margin: 0, paddingLeft: theme.spacing(3) },
}));

/** Gives a plugin's repository back, having said what that means. */
export function UnpublishDialog(props: {
  management: PluginManagement;
  title: string;
  manage: ManagePlugin;
  onClose: () => void;
}) {
  const { management, title, manage, onClose } = props;
  const classes = useStyles();
  const toId = useId();
  const { attempt, refusalOf, forget } = useFieldRefusals();
  const [to, setTo] = useState(management.author ?? '');
  const [reason, setReason] = useState('');
  const refusal = refusalOf('to');
  return (
    <ConfirmDialog
      title={`Unpublish ${title}`}
      action="Unpublish"
      dangerous
      ready={Boolean(to.trim() && reason.trim())}
      onConfirm={() =>
        attempt(() =>
          manage(api =>
            api.unpublish({
              ...management.plugin,
              to: to.trim(),
              reason: reason.trim(),
            }),
          ),
        )
      }
      onClose={onClose}
    >
      <Typography component="div">
        One after the other:
        <ol className={classes.steps}>
          <li>The plugin leaves the catalog and the marketplace.</li>
          <li>
            The rules by which only administrators merge and release are lifted.
          </li>
          <li>
            The repository, with all its history, goes to the account below. A
            person has to accept it within a day, by the mail that GitHub sends.
          </li>
        </ol>
        Images that were built stay: who names one by its digest still gets it.
        To have it back, its author asks for publication again.
      </Typography>
      <TextField
        id={toId}
        required
        fullWidth
        variant="outlined"
        size="small"
        label="GitHub account that gets it"
        inputProps={{ maxLength: 100, spellCheck: false }}
        InputLabelProps={{ className: refusal ? undefined : classes.label }}
        error={Boolean(refusal)}
        helperText={
          refusal ??
          (management.author
            ? `${management.author} had it published.`
            : 'A user or an organisation. It was not published by the portal, so nobody is known.')
        }
        FormHelperTextProps={{
          className: refusal ? undefined : classes.label,
          role: refusal ? 'alert' : undefined,
        }}
        value={to}
        onChange={event => {
          setTo(event.target.value);
          forget();
        }}
      />
      <ReasonField
        value={reason}
        onChange={setReason}
        helperText="Its owner and its author read it; it is recorded."
      />
    </ConfirmDialog>
  );
}
