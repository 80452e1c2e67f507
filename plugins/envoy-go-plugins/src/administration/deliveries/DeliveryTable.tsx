import Checkbox from '@material-ui/core/Checkbox';
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
import type { DeliverySummary } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { RelativeTime } from '../../time';
import { useNow } from '../answers';
import { SkeletonRows } from '../lists';
import { TimeUntil } from '../time';
import { DeliveryStateLabel } from './DeliveryStateLabel';

const useStyles = makeStyles(theme => ({
  root: {
    '& thead th': { whiteSpace: 'nowrap' },
    '& th, & td': { padding: theme.spacing(0.75, 1.5) },
    '& td:first-child, & th:first-child': {
      padding: theme.spacing(0, 0, 0, 0.5),
    },
    [theme.breakpoints.down('xs')]: {
      '& th, & td': { padding: theme.spacing(0.75, 1) },
    },
  },
  selected: { '&&&': { backgroundColor: theme.palette.action.selected } },
  check: { width: 44 },
  event: { wordBreak: 'normal' },
  repository: {
    lineHeight: 1.43,
    overflowWrap: 'anywhere',
    wordBreak: 'normal',
  },
  subtle: { color: theme.palette.textSubtle },
  error: {
    maxWidth: 420,
    overflowWrap: 'anywhere',
    display: '-webkit-box',
    WebkitBoxOrient: 'vertical',
    WebkitLineClamp: 3,
    overflow: 'hidden',
  },
  nowrap: { whiteSpace: 'nowrap' },
  wide: { [theme.breakpoints.down('sm')]: { display: 'none' } },
  narrow: { [theme.breakpoints.up('md')]: { display: 'none' } },
}));

/** The event and, where it has one, its action: `release.published`. */
export function eventName(delivery: Pick<DeliverySummary, 'event' | 'action'>) {
  return delivery.action
    ? `${delivery.event}.${delivery.action}`
    : delivery.event;
}

/** Deliveries, one a row; each leads to its page. */
export function DeliveryTable(props: {
  /** `undefined` while they are loading. */
  deliveries: DeliverySummary[] | undefined;
  isSelected: (deliveryId: string) => boolean;
  onSelect: (deliveryIds: string[], selected: boolean) => void;
}) {
  const { deliveries, isSelected, onSelect } = props;
  const classes = useStyles();
  const { search } = useLocation();
  const now = useNow();
  const ids = deliveries?.map(({ deliveryId }) => deliveryId) ?? [];
  const selected = ids.filter(isSelected).length;

  return (
    <TableContainer component={Paper} variant="outlined">
      <Table size="small" aria-label="Deliveries" className={classes.root}>
        <TableHead>
          <TableRow>
            <TableCell className={classes.check}>
              <Checkbox
                size="small"
                color="primary"
                disabled={ids.length === 0}
                checked={ids.length > 0 && selected === ids.length}
                indeterminate={selected > 0 && selected < ids.length}
                onChange={event => onSelect(ids, event.target.checked)}
                inputProps={{ 'aria-label': 'Select all on this page' }}
              />
            </TableCell>
            <TableCell>Event</TableCell>
            <TableCell className={classes.wide}>Repository</TableCell>
            <TableCell>State</TableCell>
            <TableCell className={classes.wide} align="right">
              Attempts
            </TableCell>
            <TableCell className={classes.wide}>Received</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {!deliveries && <SkeletonRows columns={6} rows={10} />}
          {deliveries?.map(delivery => {
            const { deliveryId } = delivery;
            return (
              <TableRow
                key={deliveryId}
                hover
                className={
                  isSelected(deliveryId) ? classes.selected : undefined
                }
              >
                <TableCell className={classes.check}>
                  <Checkbox
                    size="small"
                    color="primary"
                    checked={isSelected(deliveryId)}
                    onChange={event =>
                      onSelect([deliveryId], event.target.checked)
                    }
                    inputProps={{
                      'aria-label': `Select ${eventName(
                        delivery,
                      )} ${deliveryId}`,
                    }}
                  />
                </TableCell>
                <TableCell component="th" scope="row" className={classes.event}>
                  <Link to={`${encodeURIComponent(deliveryId)}${search}`}>
                    {eventName(delivery)}
                  </Link>
                  {delivery.origin === 'reconciler' && (
                    <Typography variant="body2" className={classes.subtle}>
                      fetched afterwards
                    </Typography>
                  )}
                  <Typography
                    variant="body2"
                    component="div"
                    className={`${classes.subtle} ${classes.narrow}`}
                  >
                    {delivery.repository && <div>{delivery.repository}</div>}
                    <RelativeTime value={delivery.receivedAt} now={now} />
                  </Typography>
                </TableCell>
                <TableCell className={`${classes.wide} ${classes.repository}`}>
                  {delivery.repository}
                </TableCell>
                <TableCell>
                  <DeliveryStateLabel state={delivery.state} />
                  {delivery.error &&
                    (delivery.state === 'failed' ||
                      delivery.state === 'dead') && (
                      <Typography
                        variant="body2"
                        className={`${classes.subtle} ${classes.error}`}
                      >
                        {delivery.error}
                      </Typography>
                    )}
                  {delivery.state === 'failed' && delivery.nextAttemptAt && (
                    <Typography variant="body2" className={classes.subtle}>
                      Tried again{' '}
                      <TimeUntil value={delivery.nextAttemptAt} now={now} />
                    </Typography>
                  )}
                </TableCell>
                <TableCell className={classes.wide} align="right">
                  {delivery.attempts}
                </TableCell>
                <TableCell className={`${classes.nowrap} ${classes.wide}`}>
                  <RelativeTime value={delivery.receivedAt} now={now} />
                </TableCell>
              </TableRow>
            );
          })}
        </TableBody>
      </Table>
    </TableContainer>
  );
}
