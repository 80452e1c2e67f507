import { useState } from 'react';
import Avatar from '@material-ui/core/Avatar';
import IconButton from '@material-ui/core/IconButton';
import Menu from '@material-ui/core/Menu';
import MenuItem from '@material-ui/core/MenuItem';
import Paper from '@material-ui/core/Paper';
import { makeStyles } from '@material-ui/core/styles';
import Table from '@material-ui/core/Table';
import TableBody from '@material-ui/core/TableBody';
import TableCell from '@material-ui/core/TableCell';
import TableContainer from '@material-ui/core/TableContainer';
import TableHead from '@material-ui/core/TableHead';
import TableRow from '@material-ui/core/TableRow';
import Typography from '@material-ui/core/Typography';
import MoreIcon from '@material-ui/icons/MoreVert';
import { Link } from '@backstage/core-components';
import type { OrganizationMember } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { VisuallyHidden } from '../../accessibility';
import { SkeletonRows } from '../lists';
import { ROLE_LABELS } from './memberListState';

const useStyles = makeStyles(theme => ({
  table: {
    '& th, & td': { padding: theme.spacing(0.75, 1.5), lineHeight: 1.43 },
  },
  person: { display: 'flex', alignItems: 'center', gap: theme.spacing(1.5) },
  avatar: { width: 32, height: 32 },
  subtle: { color: theme.palette.textSubtle },
  teams: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(0.5, 1.5),
    listStyle: 'none',
    margin: 0,
    padding: 0,
  },
  wide: { [theme.breakpoints.down('sm')]: { display: 'none' } },
}));

/** What can be done with a member. */
export type MemberAction = 'change-role' | 'remove';

/** The members of the organisation, each with what can be done with them. */
export function MemberTable(props: {
  organization: string;
  /** `undefined` while they are loading. */
  members: OrganizationMember[] | undefined;
  teamPath: (slug: string) => string;
  onAction: (member: OrganizationMember, action: MemberAction) => void;
}) {
  const { organization, members, teamPath, onAction } = props;
  const classes = useStyles();
  const [menu, setMenu] = useState<{
    anchor: HTMLElement;
    member: OrganizationMember;
  }>();
  const choose = (action: MemberAction) => {
    if (menu) {
      onAction(menu.member, action);
    }
    setMenu(undefined);
  };

  return (
    <TableContainer component={Paper} variant="outlined">
      <Table size="small" aria-label="Members" className={classes.table}>
        <TableHead>
          <TableRow>
            <TableCell>Member</TableCell>
            <TableCell>Role</TableCell>
            <TableCell className={classes.wide}>Teams</TableCell>
            <TableCell align="right">
              <VisuallyHidden>Actions</VisuallyHidden>
            </TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {!members && <SkeletonRows columns={4} />}
          {members?.map(member => (
            <TableRow key={member.login} hover>
              <TableCell component="th" scope="row">
                <span className={classes.person}>
                  <Avatar
                    src={member.avatarUrl}
                    alt=""
                    className={classes.avatar}
                  />
                  <span>
                    <Link to={member.url}>{member.name ?? member.login}</Link>
                    {member.name && (
                      <Typography
                        variant="body2"
                        component="span"
                        display="block"
                        className={classes.subtle}
                      >
                        {member.login}
                      </Typography>
                    )}
                  </span>
                </span>
              </TableCell>
              <TableCell>{ROLE_LABELS[member.role]}</TableCell>
              <TableCell className={classes.wide}>
                <ul
                  className={classes.teams}
                  aria-label={`Teams of ${member.login}`}
                >
                  {member.teams.map(team => (
                    <li key={team.slug}>
                      <Link to={teamPath(team.slug)}>{team.name}</Link>
                    </li>
                  ))}
                </ul>
              </TableCell>
              <TableCell align="right">
                <IconButton
                  size="small"
                  aria-haspopup="menu"
                  aria-label={`Actions for ${member.login}`}
                  onClick={event =>
                    setMenu({ anchor: event.currentTarget, member })
                  }
                >
                  <MoreIcon fontSize="small" />
                </IconButton>
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
      <Menu
        open={Boolean(menu)}
        anchorEl={menu?.anchor}
        onClose={() => setMenu(undefined)}
      >
        <MenuItem onClick={() => choose('change-role')}>
          {menu?.member.role === 'admin' ? 'Make a member' : 'Make an owner'} …
        </MenuItem>
        <MenuItem onClick={() => choose('remove')}>
          Remove from {organization} …
        </MenuItem>
      </Menu>
    </TableContainer>
  );
}
