import { useCallback, useState } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import Alert from '@material-ui/lab/Alert';
import Skeleton from '@material-ui/lab/Skeleton';
import { useApi } from '@backstage/core-plugin-api';
import type { OrganizationTeam } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { envoyGoPluginsAdministrationApiRef } from '../../api';
import { AsOfNote } from '../../feedback';
import { SearchField } from '../../marketplace/SearchField';
import {
  AdministrationFailure,
  StaleAnswerNote,
  useAdministrationChanges,
  useAnswer,
} from '../answers';
import {
  ConfirmDialog,
  EmptyNote,
  FilterPanel,
  ListFrame,
  counted,
  useAddressState,
} from '../lists';
import { useOwnName } from '../own-name';
import { TeamPanel } from './TeamPanel';
import type { TeamMember } from './TeamPanel';
import {
  TEAM_ROLE_LABELS,
  teamListAddress,
  visibleTeams,
} from './teamListState';

const useStyles = makeStyles(theme => ({
  foot: { marginTop: theme.spacing(1) },
  done: { marginBottom: theme.spacing(2) },
  skeleton: { display: 'grid', gap: theme.spacing(1) },
}));

/** The teams of the organisation and who is in them. */
export function TeamsContent() {
  const classes = useStyles();
  const api = useApi(envoyGoPluginsAdministrationApiRef);
  const inOwnName = useOwnName();
  const [state, change] = useAddressState(teamListAddress);
  const ask = useCallback(() => api.listTeams(), [api]);
  const answer = useAnswer('teams', ask);
  const { refresh } = answer;
  useAdministrationChanges(refresh);
  const [acting, setActing] = useState<{
    team: OrganizationTeam;
    member: TeamMember;
    action: 'set-role' | 'remove';
  }>();
  const [done, setDone] = useState<string>();

  const all = answer.value?.value;
  const teams = all && visibleTeams(all, state.text);

  const setMember = async (
    { slug, name, url }: OrganizationTeam,
    { login, role }: TeamMember,
  ) => {
    await inOwnName(url, ownName =>
      api.setTeamMember({ slug, login, role, ...ownName }),
    );
    setDone(
      `${login} is a ${TEAM_ROLE_LABELS[
        role
      ].toLowerCase()} of ${name} now, or is invited to be.`,
    );
    refresh();
  };
  const remove = async (
    { slug, name, url }: OrganizationTeam,
    { login }: TeamMember,
  ) => {
    await inOwnName(url, ownName =>
      api.removeTeamMember({ slug, login, ...ownName }),
    );
    setDone(`${login} is no longer in ${name}.`);
    refresh();
  };

  let rows;
  if (answer.error) {
    rows = (
      <AdministrationFailure
        title="The teams could not be listed"
        error={answer.error}
        onRetry={answer.retry}
      />
    );
  } else if (!teams) {
    rows = (
      <div className={classes.skeleton} aria-hidden>
        {[1, 2, 3, 4].map(row => (
          <Skeleton key={row} variant="rect" height={50} />
        ))}
      </div>
    );
  } else if (all?.length === 0) {
    rows = (
      <EmptyNote title="No teams yet">
        Make a team in the organisation on GitHub; it appears here. Name it in
        the configuration as <code>envoyGoPlugins.adminTeam</code> to make its
        members administrators.
      </EmptyNote>
    );
  } else if (teams.length === 0) {
    rows = (
      <EmptyNote
        onClearFilters={() => change(current => ({ ...current, text: '' }))}
      >
        No team and no member of one matches.
      </EmptyNote>
    );
  } else {
    rows = teams.map(team => (
      <TeamPanel
        key={team.slug}
        team={team}
        open={state.team === team.slug}
        onToggle={open =>
          change(current => ({ ...current, team: open ? team.slug : '' }), {
            replace: true,
          })
        }
        onAdd={(login, role) => setMember(team, { login, role })}
        onSetRole={member => setActing({ team, member, action: 'set-role' })}
        onRemove={member => setActing({ team, member, action: 'remove' })}
      />
    ));
  }

  const otherRole = acting?.member.role === 'member' ? 'maintainer' : 'member';

  return (
    <>
      <FilterPanel
        fields={
          <SearchField
            text={state.text}
            label="Search teams"
            placeholder="Search by team or member …"
            onSearch={(text, options) =>
              change(current => ({ ...current, text }), options)
            }
          />
        }
      />
      <ListFrame
        label="Teams"
        count={teams && counted(teams.length, 'team', 'teams')}
        failed={Boolean(answer.error)}
        loading={answer.loading}
      >
        {done && (
          <Alert
            className={classes.done}
            severity="success"
            variant="outlined"
            role="status"
            onClose={() => setDone(undefined)}
            closeText="Dismiss"
          >
            {done}
          </Alert>
        )}
        <StaleAnswerNote error={answer.refreshError} onRetry={refresh} />
        {rows}
      </ListFrame>
      {answer.value && !answer.error && (
        <div className={classes.foot}>
          <AsOfNote
            asOf={answer.value.asOf}
            staleReason={answer.value.staleReason}
          />
        </div>
      )}
      {acting?.action === 'set-role' && (
        <ConfirmDialog
          title={`Make ${acting.member.login} a ${otherRole} of ${acting.team.name}?`}
          action={`Make ${otherRole}`}
          onConfirm={() =>
            setMember(acting.team, { ...acting.member, role: otherRole })
          }
          onClose={() => setActing(undefined)}
        >
          <Typography>
            {otherRole === 'maintainer'
              ? 'Maintainers may add and remove members of the team and change its name and description.'
              : 'They stay in the team, and may no longer add and remove members.'}{' '}
            GitHub does it in your name, and it is recorded.
          </Typography>
        </ConfirmDialog>
      )}
      {acting?.action === 'remove' && (
        <ConfirmDialog
          title={`Remove ${acting.member.login} from ${acting.team.name}?`}
          action="Remove"
          dangerous
          onConfirm={() => remove(acting.team, acting.member)}
          onClose={() => setActing(undefined)}
        >
          <Typography>
            {acting.team.administrators &&
              'They will no longer administer this portal. '}
            They stay in the organisation, and lose what only this team lets
            them do. GitHub does it in your name, and it is recorded.
          </Typography>
        </ConfirmDialog>
      )}
    </>
  );
}
