import { useState } from 'react';
import Button from '@material-ui/core/Button';
import Paper from '@material-ui/core/Paper';
import { makeStyles } from '@material-ui/core/styles';
import Table from '@material-ui/core/Table';
import TableBody from '@material-ui/core/TableBody';
import TableCell from '@material-ui/core/TableCell';
import TableContainer from '@material-ui/core/TableContainer';
import TableHead from '@material-ui/core/TableHead';
import TableRow from '@material-ui/core/TableRow';
import Typography from '@material-ui/core/Typography';
import type {
  AsOf,
  OrganizationInvitation,
  OrganizationTeam,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { VisuallyHidden, readableErrorColor } from '../../accessibility';
import { AsOfNote } from '../../feedback';
import { RelativeTime } from '../../time';
import { AdministrationFailure, StaleAnswerNote, useNow } from '../answers';
import type { Answer } from '../answers';
import { ConfirmDialog, SkeletonRows } from '../lists';
import { ROLE_LABELS } from './memberListState';

const useStyles = makeStyles(theme => ({
  root: { marginTop: theme.spacing(4) },
  title: { marginBottom: theme.spacing(1) },
  table: {
    '& th, & td': { padding: theme.spacing(0.75, 1.5), lineHeight: 1.43 },
  },
  failed: { color: readableErrorColor(theme) },
  subtle: { color: theme.palette.textSubtle },
  wide: { [theme.breakpoints.down('sm')]: { display: 'none' } },
  foot: { marginTop: theme.spacing(1) },
}));

const inviteeOf = (invitation: OrganizationInvitation) =>
  invitation.login ?? invitation.email ?? `invitation ${invitation.id}`;

/** The invitations that nobody took yet, the failed ones with their reason, each with a way to take it back. */
export function InvitationList(props: {
  answer: Answer<AsOf<OrganizationInvitation[]>>;
  teams: OrganizationTeam[];
  onCancel: (invitation: OrganizationInvitation) => Promise<void>;
}) {
  const { answer, teams, onCancel } = props;
  const classes = useStyles();
  const now = useNow();
  const [leaving, setLeaving] = useState<OrganizationInvitation>();
  const invitations = answer.value?.value;
  const teamName = (slug: string) =>
    teams.find(team => team.slug === slug)?.name ?? slug;

  let content;
  if (answer.error) {
    content = (
      <AdministrationFailure
        title="The invitations could not be listed"
        error={answer.error}
        onRetry={answer.retry}
      />
    );
  } else if (invitations?.length === 0) {
    content = (
      <Typography className={classes.subtle}>
        Nobody is invited at the moment.
      </Typography>
    );
  } else {
    content = (
      <TableContainer component={Paper} variant="outlined">
        <Table
          size="small"
          aria-label="Invitations"
          className={classes.table}
          aria-busy={answer.loading}
        >
          <TableHead>
            <TableRow>
              <TableCell>Invited</TableCell>
              <TableCell className={classes.wide}>As</TableCell>
              <TableCell className={classes.wide}>By</TableCell>
              <TableCell>State</TableCell>
              <TableCell align="right">
                <VisuallyHidden>Actions</VisuallyHidden>
              </TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {!invitations && <SkeletonRows columns={5} rows={2} />}
            {invitations?.map(invitation => (
              <TableRow key={invitation.id} hover>
                <TableCell component="th" scope="row">
                  {inviteeOf(invitation)}
                </TableCell>
                <TableCell className={classes.wide}>
                  {[
                    ROLE_LABELS[invitation.role],
                    ...invitation.teams.map(teamName),
                  ].join(', ')}
                </TableCell>
                <TableCell className={classes.wide}>
                  {invitation.inviter}
                </TableCell>
                <TableCell>
                  {invitation.failedReason ? (
                    <span className={classes.failed}>
                      Failed: {invitation.failedReason}
                    </span>
                  ) : (
                    <>
                      Pending since{' '}
                      <RelativeTime value={invitation.createdAt} now={now} />
                    </>
                  )}
                </TableCell>
                <TableCell align="right">
                  <Button
                    size="small"
                    onClick={() => setLeaving(invitation)}
                    aria-label={`Cancel the invitation of ${inviteeOf(
                      invitation,
                    )}`}
                  >
                    Cancel
                  </Button>
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </TableContainer>
    );
  }

  return (
    <section className={classes.root} aria-label="Invitations">
      <Typography variant="h6" component="h2" className={classes.title}>
        Invitations
      </Typography>
      <StaleAnswerNote error={answer.refreshError} onRetry={answer.refresh} />
      {content}
      {answer.value && !answer.error && (
        <div className={classes.foot}>
          <AsOfNote
            asOf={answer.value.asOf}
            staleReason={answer.value.staleReason}
          />
        </div>
      )}
      {leaving && (
        <ConfirmDialog
          title={`Cancel the invitation of ${inviteeOf(leaving)}?`}
          action="Cancel the invitation"
          dangerous
          onConfirm={() => onCancel(leaving)}
          onClose={() => setLeaving(undefined)}
        >
          <Typography>
            The link that GitHub sent stops working. You can invite again at any
            time.
          </Typography>
        </ConfirmDialog>
      )}
    </section>
  );
}
