import { useId, useState } from 'react';
import Button from '@material-ui/core/Button';
import { makeStyles } from '@material-ui/core/styles';
import TextField from '@material-ui/core/TextField';
import Alert from '@material-ui/lab/Alert';
import { toError } from '@backstage/errors';
import type { OrganizationTeam } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { describeRefusal } from '../answers';
import { TEAM_ROLE_LABELS } from './teamListState';

type TeamRole = OrganizationTeam['members'][number]['role'];

const useStyles = makeStyles(theme => ({
  root: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(1),
    alignItems: 'flex-start',
    marginTop: theme.spacing(2),
  },
  login: { flex: '1 1 200px', maxWidth: 420 },
  role: { minWidth: 130 },
  button: { minHeight: 40 },
  label: { color: theme.palette.textSubtle },
  error: { flexBasis: '100%' },
}));

/** Adds somebody to a team. */
export function AddToTeamForm(props: {
  team: OrganizationTeam;
  onAdd: (login: string, role: TeamRole) => Promise<void>;
}) {
  const { team, onAdd } = props;
  const classes = useStyles();
  const id = useId();
  const [login, setLogin] = useState('');
  const [role, setRole] = useState<TeamRole>('member');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error>();
  const wanted = login.trim();

  const add = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await onAdd(wanted, role);
      setLogin('');
    } catch (thrown) {
      setError(toError(thrown));
    } finally {
      setBusy(false);
    }
  };

  return (
    <form
      className={classes.root}
      aria-label={`Add to ${team.name}`}
      onSubmit={event => {
        event.preventDefault();
        if (wanted && !busy) {
          add();
        }
      }}
    >
      <TextField
        className={classes.login}
        size="small"
        variant="outlined"
        id={`${id}-login`}
        label="GitHub login"
        value={login}
        InputLabelProps={{ className: classes.label }}
        inputProps={{ maxLength: 100, autoComplete: 'off', spellCheck: false }}
        onChange={event => setLogin(event.target.value)}
        helperText="Whoever is not yet in the organisation gets an invitation."
      />
      <TextField
        className={classes.role}
        select
        size="small"
        variant="outlined"
        id={`${id}-role`}
        label="Role"
        value={role}
        SelectProps={{ native: true }}
        InputLabelProps={{ className: classes.label, shrink: true }}
        onChange={event =>
          setRole(event.target.value === 'maintainer' ? 'maintainer' : 'member')
        }
      >
        <option value="member">{TEAM_ROLE_LABELS.member}</option>
        <option value="maintainer">{TEAM_ROLE_LABELS.maintainer}</option>
      </TextField>
      <Button
        className={classes.button}
        type="submit"
        variant="outlined"
        color="primary"
        disabled={!wanted || busy}
      >
        {busy ? 'Adding …' : 'Add'}
      </Button>
      {error && (
        <Alert className={classes.error} severity="error" variant="outlined">
          {describeRefusal(error)}
        </Alert>
      )}
    </form>
  );
}
