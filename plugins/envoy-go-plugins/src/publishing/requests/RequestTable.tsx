import Paper from '@material-ui/core/Paper';
import { makeStyles } from '@material-ui/core/styles';
import Table from '@material-ui/core/Table';
import TableBody from '@material-ui/core/TableBody';
import TableCell from '@material-ui/core/TableCell';
import TableContainer from '@material-ui/core/TableContainer';
import TableHead from '@material-ui/core/TableHead';
import TableRow from '@material-ui/core/TableRow';
import Typography from '@material-ui/core/Typography';
import { useLocation } from 'react-router-dom';
import { Link } from '@backstage/core-components';
import type { PublishRequestSummary } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { SkeletonRows } from '../../administration/lists';
import { RelativeTime } from '../../time';
import { CheckCounts, RequestStateLabel } from '../request';

const useStyles = makeStyles(theme => ({
  root: {
    '& thead th': { whiteSpace: 'nowrap' },
    '& th, & td': { padding: theme.spacing(1, 1.5) },
  },
  name: { wordBreak: 'normal', overflowWrap: 'anywhere' },
  subtle: { color: theme.palette.textSubtle, overflowWrap: 'anywhere' },
  nowrap: { whiteSpace: 'nowrap' },
  wide: { [theme.breakpoints.down('sm')]: { display: 'none' } },
  narrow: { [theme.breakpoints.up('md')]: { display: 'none' } },
}));

/** One's own requests, one a row; each leads to its page. */
export function RequestTable(props: {
  /** `undefined` while they are loading. */
  requests: PublishRequestSummary[] | undefined;
}) {
  const { requests } = props;
  const classes = useStyles();
  const { search } = useLocation();
  return (
    <TableContainer component={Paper} variant="outlined">
      <Table size="small" aria-label="My requests" className={classes.root}>
        <TableHead>
          <TableRow>
            <TableCell>Plugin</TableCell>
            <TableCell>State</TableCell>
            <TableCell className={classes.wide}>Checks</TableCell>
            <TableCell className={classes.wide}>Changed</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {!requests && <SkeletonRows columns={4} rows={4} />}
          {requests?.map(request => (
            <TableRow key={request.id} hover>
              <TableCell component="th" scope="row" className={classes.name}>
                <Link to={`${encodeURIComponent(request.id)}${search}`}>
                  {request.title ?? request.name}
                </Link>
                <Typography variant="body2" className={classes.subtle}>
                  {request.repository} → {request.target}
                </Typography>
                <Typography
                  variant="body2"
                  component="div"
                  className={`${classes.subtle} ${classes.narrow}`}
                >
                  <RelativeTime value={request.updatedAt} />
                </Typography>
              </TableCell>
              <TableCell>
                <RequestStateLabel state={request.state} />
              </TableCell>
              <TableCell className={classes.wide}>
                <CheckCounts checks={request.checks} />
              </TableCell>
              <TableCell className={`${classes.nowrap} ${classes.wide}`}>
                <RelativeTime value={request.updatedAt} />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}
