import Accordion from '@material-ui/core/Accordion';
import AccordionDetails from '@material-ui/core/AccordionDetails';
import AccordionSummary from '@material-ui/core/AccordionSummary';
import Button from '@material-ui/core/Button';
import Chip from '@material-ui/core/Chip';
import { makeStyles } from '@material-ui/core/styles';
import Table from '@material-ui/core/Table';
import TableBody from '@material-ui/core/TableBody';
import TableCell from '@material-ui/core/TableCell';
import TableContainer from '@material-ui/core/TableContainer';
import TableHead from '@material-ui/core/TableHead';
import TableRow from '@material-ui/core/TableRow';
import Typography from '@material-ui/core/Typography';
import ExpandIcon from '@material-ui/icons/ExpandMore';
import AdministratorsIcon from '@material-ui/icons/VerifiedUserOutlined';
import { Link } from '@backstage/core-components';
import type { OrganizationTeam } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { VisuallyHidden } from '../../accessibility';
import { counted } from '../lists';
import { AddToTeamForm } from './AddToTeamForm';
import { TEAM_ROLE_LABELS } from './teamListState';

/** Somebody in a team. */
export type TeamMember = OrganizationTeam['members'][number];

const useStyles = makeStyles(theme => ({
  root: {
    border: `1px solid ${theme.palette.divider}`,
    boxShadow: 'none',
    '&:before': { display: 'none' },
    '& + &': { marginTop: theme.spacing(1) },
    '&$expanded': { margin: 0 },
    '& + &$expanded': { marginTop: theme.spacing(1) },
  },
  expanded: {},
  summary: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: theme.spacing(0.5, 1.5),
    flex: 1,
  },
  name: { fontWeight: 600 },
  chip: { margin: 0 },
  subtle: { color: theme.palette.textSubtle },
  details: { display: 'block', paddingTop: 0 },
  table: { '& th, & td': { padding: theme.spacing(0.5, 1), lineHeight: 1.43 } },
  note: { marginBottom: theme.spacing(1) },
}));

/** A team: its members, each with a role, and how to add and remove them. */
export function TeamPanel(props: {
  team: OrganizationTeam;
  open: boolean;
  onToggle: (open: boolean) => void;
  onAdd: (login: string, role: TeamMember['role']) => Promise<void>;
  onSetRole: (member: TeamMember) => void;
  onRemove: (member: TeamMember) => void;
}) {
  const { team, open, onToggle, onAdd, onSetRole, onRemove } = props;
  const classes = useStyles();
  return (
    <Accordion
      square={false}
      expanded={open}
      onChange={(_, expanded) => onToggle(expanded)}
      classes={{ root: classes.root, expanded: classes.expanded }}
      TransitionProps={{ unmountOnExit: true }}
    >
      <AccordionSummary
        expandIcon={<ExpandIcon />}
        id={`team-${team.slug}`}
        aria-controls={`team-${team.slug}-members`}
      >
        <span className={classes.summary}>
          <Typography component="span" className={classes.name}>
            {team.name}
          </Typography>
          {team.administrators && (
            <Chip
              className={classes.chip}
              size="small"
              icon={<AdministratorsIcon aria-hidden />}
              label="Administrators of this portal"
            />
          )}
          <Typography
            component="span"
            variant="body2"
            className={classes.subtle}
          >
            {counted(team.members.length, 'member', 'members')}
          </Typography>
        </span>
      </AccordionSummary>
      <AccordionDetails
        className={classes.details}
        id={`team-${team.slug}-members`}
      >
        <Typography variant="body2" className={classes.note}>
          {team.description && `${team.description} · `}
          <Link to={team.url}>{team.slug} on GitHub</Link>
        </Typography>
        {team.administrators && (
          <Typography variant="body2" className={classes.note}>
            Whoever is in this team may do everything on these pages.
          </Typography>
        )}
        {team.members.length === 0 ? (
          <Typography className={classes.subtle}>
            Nobody is in this team yet.
          </Typography>
        ) : (
          <TableContainer>
            <Table
              size="small"
              aria-label={`Members of ${team.name}`}
              className={classes.table}
            >
              <TableHead>
                <TableRow>
                  <TableCell>Login</TableCell>
                  <TableCell>Role</TableCell>
                  <TableCell align="right">
                    <VisuallyHidden>Actions</VisuallyHidden>
                  </TableCell>
                </TableRow>
              </TableHead>
              <TableBody>
                {team.members.map(member => (
                  <TableRow key={member.login} hover>
                    <TableCell component="th" scope="row">
                      {member.login}
                    </TableCell>
                    <TableCell>{TEAM_ROLE_LABELS[member.role]}</TableCell>
                    <TableCell align="right">
                      <Button
                        size="small"
                        onClick={() => onSetRole(member)}
                        aria-label={
                          member.role === 'member'
                            ? `Make maintainer: ${member.login}`
                            : `Make member: ${member.login}`
                        }
                      >
                        {member.role === 'member'
                          ? 'Make maintainer'
                          : 'Make member'}
                      </Button>
                      <Button
                        size="small"
                        onClick={() => onRemove(member)}
                        aria-label={`Remove ${member.login} from ${team.name}`}
                      >
                        Remove
                      </Button>
                    </TableCell>
                  </TableRow>
                ))}
              </TableBody>
            </Table>
          </TableContainer>
        )}
        <AddToTeamForm team={team} onAdd={onAdd} />
      </AccordionDetails>
    </Accordion>
  );
}
