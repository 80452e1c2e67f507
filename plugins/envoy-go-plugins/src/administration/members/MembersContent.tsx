import { useCallback, useState } from 'react';
import Button from '@material-ui/core/Button';
import { makeStyles } from '@material-ui/core/styles';
import TextField from '@material-ui/core/TextField';
import Typography from '@material-ui/core/Typography';
import InviteIcon from '@material-ui/icons/PersonAdd';
import Alert from '@material-ui/lab/Alert';
import { useApi } from '@backstage/core-plugin-api';
import type {
  NewOrganizationInvitation,
  OrganizationMember,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
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
  ListPaging,
  countSentence,
  useAddressState,
  useLastPage,
} from '../lists';
import { useOwnName } from '../own-name';
import { InvitationList } from './InvitationList';
import { InviteDialog } from './InviteDialog';
import { MemberTable } from './MemberTable';
import type { MemberAction } from './MemberTable';
import {
  ROLE_LABELS,
  memberListAddress,
  toMemberQuery,
} from './memberListState';
import type { MemberListState } from './memberListState';

const NOUN = { one: 'member', many: 'members' };

const useStyles = makeStyles(theme => ({
  select: {
    flex: '0 1 180px',
    minWidth: 140,
    backgroundColor: theme.palette.background.paper,
  },
  label: { color: theme.palette.textSubtle },
  foot: { marginTop: theme.spacing(1) },
  done: { marginBottom: theme.spacing(2) },
}));

/** The people of the organisation: who is in it, as what, in which teams, and who is invited. */
export function MembersContent() {
  const classes = useStyles();
  const api = useApi(envoyGoPluginsAdministrationApiRef);
  const inOwnName = useOwnName();
  const [state, change] = useAddressState(memberListAddress);

  const askMembers = useCallback(
    (question: MemberListState) => api.listMembers(toMemberQuery(question)),
    [api],
  );
  const askInvitations = useCallback(() => api.listInvitations(), [api]);
  const askTeams = useCallback(() => api.listTeams(), [api]);
  const members = useAnswer(state, askMembers);
  const invitations = useAnswer('invitations', askInvitations);
  const teamList = useAnswer('teams', askTeams);
  const refresh = () => {
    members.refresh();
    invitations.refresh();
    teamList.refresh();
  };
  useAdministrationChanges(refresh);

  const [acting, setActing] = useState<{
    member: OrganizationMember;
    action: MemberAction;
  }>();
  const [inviting, setInviting] = useState(false);
  const [done, setDone] = useState<string>();

  const list = members.value?.value;
  const teams = teamList.value?.value ?? [];
  const organization = list?.organization ?? 'the organisation';
  useLastPage(state.page, { ...members, value: list }, change);
  const set = (
    part: Partial<MemberListState>,
    options?: { replace?: boolean },
  ) => change(current => ({ ...current, ...part, page: 1 }), options);

  const invite = async (invitation: NewOrganizationInvitation) => {
    await inOwnName(list?.items[0]?.url ?? teams[0]?.url, ownName =>
      api.invite({ ...invitation, ...ownName }),
    );
    setDone(`${invitation.invitee} is invited into ${organization}.`);
    refresh();
  };
  const setRole = async (
    { login, url }: OrganizationMember,
    role: OrganizationMember['role'],
  ) => {
    await inOwnName(url, ownName =>
      api.setMemberRole({ login, role, ...ownName }),
    );
    setDone(
      `${login} is ${
        role === 'admin' ? 'an owner' : 'a member'
      } of ${organization} now.`,
    );
    refresh();
  };
  const remove = async ({ login, url }: OrganizationMember) => {
    await inOwnName(url, ownName => api.removeMember({ login, ...ownName }));
    setDone(`${login} is no longer in ${organization}.`);
    refresh();
  };

  let rows;
  if (members.error) {
    rows = (
      <AdministrationFailure
        title="The members could not be listed"
        error={members.error}
        onRetry={members.retry}
      />
    );
  } else if (list?.totalItems === 0) {
    rows = (
      <EmptyNote
        onClearFilters={() =>
          change(() => memberListAddress.parse(new URLSearchParams()))
        }
      >
        No member of {organization} matches.
      </EmptyNote>
    );
  } else {
    rows = (
      <>
        <MemberTable
          organization={organization}
          members={list?.items}
          teamPath={slug => `../teams?${new URLSearchParams({ team: slug })}`}
          onAction={(member, action) => setActing({ member, action })}
        />
        {list && <ListPaging page={state.page} totalItems={list.totalItems} />}
      </>
    );
  }

  const otherRole = acting?.member.role === 'admin' ? 'member' : 'admin';

  return (
    <>
      <FilterPanel
        fields={
          <>
            <SearchField
              text={state.text}
              label="Search members"
              placeholder="Search by name or login …"
              onSearch={(text, options) => set({ text }, options)}
            />
            <TextField
              className={classes.select}
              select
              size="small"
              variant="outlined"
              label="Role"
              id="envoy-go-plugins-members-role"
              value={state.role ?? ''}
              SelectProps={{ native: true }}
              InputLabelProps={{ className: classes.label, shrink: true }}
              onChange={event =>
                set({
                  role: (['admin', 'member'] as const).find(
                    role => role === event.target.value,
                  ),
                })
              }
            >
              <option value="">All</option>
              <option value="admin">{ROLE_LABELS.admin}</option>
              <option value="member">{ROLE_LABELS.member}</option>
            </TextField>
            <TextField
              className={classes.select}
              select
              size="small"
              variant="outlined"
              label="Team"
              id="envoy-go-plugins-members-team"
              value={state.team}
              SelectProps={{ native: true }}
              InputLabelProps={{ className: classes.label, shrink: true }}
              onChange={event => set({ team: event.target.value })}
            >
              <option value="">All</option>
              {state.team && !teams.some(team => team.slug === state.team) && (
                <option value={state.team}>{state.team}</option>
              )}
              {teams.map(team => (
                <option key={team.slug} value={team.slug}>
                  {team.name}
                </option>
              ))}
            </TextField>
          </>
        }
      />
      <ListFrame
        label="Members"
        count={list && countSentence(state.page, list.totalItems, NOUN)}
        failed={Boolean(members.error)}
        loading={members.loading}
        actions={
          <Button
            variant="contained"
            color="primary"
            size="small"
            startIcon={<InviteIcon />}
            disabled={!list}
            onClick={() => setInviting(true)}
          >
            Invite
          </Button>
        }
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
        <StaleAnswerNote error={members.refreshError} onRetry={refresh} />
        {rows}
      </ListFrame>
      {members.value && !members.error && (
        <div className={classes.foot}>
          <AsOfNote
            asOf={members.value.asOf}
            staleReason={members.value.staleReason}
          />
        </div>
      )}
      <InvitationList
        answer={invitations}
        teams={teams}
        onCancel={async ({ id, login, email }) => {
          await inOwnName(list?.items[0]?.url ?? teams[0]?.url, ownName =>
            api.cancelInvitation({ id, ...ownName }),
          );
          setDone(`The invitation of ${login ?? email ?? id} is cancelled.`);
          refresh();
        }}
      />
      {inviting && (
        <InviteDialog
          organization={organization}
          teams={teams}
          onInvite={invite}
          onClose={() => setInviting(false)}
        />
      )}
      {acting?.action === 'change-role' && (
        <ConfirmDialog
          title={
            otherRole === 'admin'
              ? `Make ${acting.member.login} an owner of ${organization}?`
              : `Make ${acting.member.login} a member of ${organization}?`
          }
          action={otherRole === 'admin' ? 'Make an owner' : 'Make a member'}
          dangerous={otherRole === 'admin'}
          onConfirm={() => setRole(acting.member, otherRole)}
          onClose={() => setActing(undefined)}
        >
          <Typography>
            {otherRole === 'admin'
              ? 'Owners may do everything in the organisation: change its settings, its people and every repository, private ones included.'
              : 'They keep what their teams and repositories allow, and may no longer change the organisation.'}{' '}
            GitHub does it in your name, and it is recorded.
          </Typography>
        </ConfirmDialog>
      )}
      {acting?.action === 'remove' && (
        <ConfirmDialog
          title={`Remove ${acting.member.login} from ${organization}?`}
          action="Remove"
          dangerous
          onConfirm={() => remove(acting.member)}
          onClose={() => setActing(undefined)}
        >
          <Typography>
            They leave{' '}
            {acting.member.teams.length > 0
              ? `the organisation, its private repositories and ${
                  acting.member.teams.length === 1 ? 'the team' : 'the teams'
                } ${acting.member.teams.map(team => team.name).join(', ')}`
              : 'the organisation and its private repositories'}
            , and lose their forks of private repositories. GitHub does it in
            your name, and it is recorded.
          </Typography>
        </ConfirmDialog>
      )}
    </>
  );
}
