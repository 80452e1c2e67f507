import Paper from '@material-ui/core/Paper';
import { makeStyles } from '@material-ui/core/styles';
import Table from '@material-ui/core/Table';
import TableBody from '@material-ui/core/TableBody';
import TableCell from '@material-ui/core/TableCell';
import TableContainer from '@material-ui/core/TableContainer';
import TableHead from '@material-ui/core/TableHead';
import TableRow from '@material-ui/core/TableRow';
import Typography from '@material-ui/core/Typography';
import { DateTime } from 'luxon';
import { useLocation } from 'react-router-dom';
import { Link } from '@backstage/core-components';
import type { PublishRequestSummary } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import {
  CheckCounts,
  Person,
  RequestStateLabel,
} from '../../publishing/request';
import { toneColor } from '../../publishing/words';
import { RelativeTime } from '../../time';
import { useNow } from '../answers';
import { SkeletonRows } from '../lists';
import { WAITING_STATES } from './reviewListState';

/** From when on a request has waited for long. */
const LONG_WAIT_DAYS = 3;

const useStyles = makeStyles(theme => ({
  root: {
    '& thead th': { whiteSpace: 'nowrap' },
    '& th, & td': { padding: theme.spacing(1, 1.5) },
  },
  name: { wordBreak: 'normal', overflowWrap: 'anywhere' },
  subtle: { color: theme.palette.textSubtle, overflowWrap: 'anywhere' },
  nowrap: { whiteSpace: 'nowrap' },
  long: { color: toneColor(theme, 'caution'), fontWeight: 600 },
  wide: { [theme.breakpoints.down('sm')]: { display: 'none' } },
  narrow: { [theme.breakpoints.up('md')]: { display: 'none' } },
}));

function Age(props: { request: PublishRequestSummary; now: DateTime }) {
  const { request, now } = props;
  const classes = useStyles();
  const since = request.submittedAt ?? request.createdAt;
  const long =
    WAITING_STATES.includes(request.state) &&
    now.diff(DateTime.fromISO(since), 'days').days >= LONG_WAIT_DAYS;
  return (
    <span
      className={long ? classes.long : undefined}
      title={long ? 'Waits for more than three days' : undefined}
    >
      <RelativeTime value={since} now={now} />
    </span>
  );
}

/** Requests, one a row; each leads to its review. */
export function ReviewTable(props: {
  /** `undefined` while they are loading. */
  requests: PublishRequestSummary[] | undefined;
}) {
  const { requests } = props;
  const classes = useStyles();
  const { search } = useLocation();
  const now = useNow();
  return (
    <TableContainer component={Paper} variant="outlined">
      <Table size="small" aria-label="Requests" className={classes.root}>
        <TableHead>
          <TableRow>
            <TableCell>Plugin</TableCell>
            <TableCell>State</TableCell>
            <TableCell className={classes.wide}>Author</TableCell>
            <TableCell className={classes.wide}>Checks</TableCell>
            <TableCell className={classes.wide}>Approvals</TableCell>
            <TableCell className={classes.wide}>Submitted</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {!requests && <SkeletonRows columns={6} rows={6} />}
          {requests?.map(request => (
            <TableRow key={request.id} hover>
              <TableCell component="th" scope="row" className={classes.name}>
                <Link to={`${encodeURIComponent(request.id)}${search}`}>
                  {request.title ?? request.name}
                </Link>
                <Typography variant="body2" className={classes.subtle}>
                  {request.repository}
                </Typography>
                <Typography
                  variant="body2"
                  component="div"
                  className={`${classes.subtle} ${classes.narrow}`}
                >
                  <Age request={request} now={now} />
                </Typography>
              </TableCell>
              <TableCell>
                <RequestStateLabel state={request.state} />
              </TableCell>
              <TableCell className={classes.wide}>
                <Person actor={request.author} host={request.host} />
              </TableCell>
              <TableCell className={classes.wide}>
                <CheckCounts checks={request.checks} />
              </TableCell>
              <TableCell className={`${classes.nowrap} ${classes.wide}`}>
                {request.approvals} of {request.neededApprovals}
              </TableCell>
              <TableCell className={`${classes.nowrap} ${classes.wide}`}>
                {request.submittedAt ? (
                  <Age request={request} now={now} />
                ) : (
                  <span className={classes.subtle}>not yet</span>
                )}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}
