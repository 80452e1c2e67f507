import { useEffect, useId, useRef, useState } from 'react';
import Checkbox from '@material-ui/core/Checkbox';
import FormControl from '@material-ui/core/FormControl';
import FormControlLabel from '@material-ui/core/FormControlLabel';
import FormGroup from '@material-ui/core/FormGroup';
import FormLabel from '@material-ui/core/FormLabel';
import Radio from '@material-ui/core/Radio';
import RadioGroup from '@material-ui/core/RadioGroup';
import { makeStyles } from '@material-ui/core/styles';
import TextField from '@material-ui/core/TextField';
import Typography from '@material-ui/core/Typography';
import type {
  NewOrganizationInvitation,
  OrganizationTeam,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { ConfirmDialog, toggled } from '../lists';
import { ROLE_LABELS, ROLE_MEANINGS } from './memberListState';

const useStyles = makeStyles(theme => ({
  teams: { maxHeight: 200, overflowY: 'auto', flexWrap: 'nowrap' },
  legend: { marginBottom: theme.spacing(0.5) },
  subtle: { color: theme.palette.textSubtle },
}));

/** Asks whom to invite into the organisation, as what, and into which teams. */
export function InviteDialog(props: {
  organization: string;
  teams: OrganizationTeam[];
  onInvite: (invitation: NewOrganizationInvitation) => Promise<void>;
  onClose: () => void;
}) {
  const { organization, teams, onInvite, onClose } = props;
  const classes = useStyles();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const [invitee, setInvitee] = useState('');
  const [role, setRole] = useState<NewOrganizationInvitation['role']>('member');
  const [chosen, setChosen] = useState<string[]>([]);
  const wanted = invitee.trim();

  return (
    <ConfirmDialog
      title={`Invite into ${organization}`}
      action="Invite"
      ready={wanted.length > 0}
      onConfirm={() => onInvite({ invitee: wanted, role, teams: chosen })}
      onClose={onClose}
    >
      <TextField
        required
        inputRef={input}
        fullWidth
        variant="outlined"
        id={`${id}-invitee`}
        label="GitHub login or email address"
        value={invitee}
        inputProps={{ maxLength: 254, autoComplete: 'off', spellCheck: false }}
        onChange={event => setInvitee(event.target.value)}
        helperText="GitHub sends the invitation in your name; it is good for 7 days."
      />
      <FormControl component="fieldset">
        <FormLabel component="legend" className={classes.legend}>
          Role
        </FormLabel>
        <RadioGroup
          value={role}
          onChange={event =>
            setRole(event.target.value === 'admin' ? 'admin' : 'member')
          }
        >
          {(['member', 'admin'] as const).map(one => (
            <FormControlLabel
              key={one}
              value={one}
              control={<Radio color="primary" size="small" />}
              label={
                <>
                  {ROLE_LABELS[one]}{' '}
                  <Typography
                    component="span"
                    variant="body2"
                    className={classes.subtle}
                  >
                    {ROLE_MEANINGS[one]}
                  </Typography>
                </>
              }
            />
          ))}
        </RadioGroup>
      </FormControl>
      {teams.length > 0 && (
        <FormControl component="fieldset">
          <FormLabel component="legend" className={classes.legend}>
            Teams
          </FormLabel>
          <FormGroup className={classes.teams}>
            {teams.map(team => (
              <FormControlLabel
                key={team.slug}
                control={
                  <Checkbox
                    color="primary"
                    size="small"
                    checked={chosen.includes(team.slug)}
                    onChange={() => setChosen(toggled(chosen, team.slug))}
                  />
                }
                label={
                  team.administrators
                    ? `${team.name} (administrators of this portal)`
                    : team.name
                }
              />
            ))}
          </FormGroup>
        </FormControl>
      )}
    </ConfirmDialog>
  );
}
