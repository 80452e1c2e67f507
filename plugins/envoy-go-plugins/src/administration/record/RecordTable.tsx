import { Fragment, useId, useState } from 'react';
import Button from '@material-ui/core/Button';
import IconButton from '@material-ui/core/IconButton';
import Paper from '@material-ui/core/Paper';
import { makeStyles } from '@material-ui/core/styles';
import Table from '@material-ui/core/Table';
import TableBody from '@material-ui/core/TableBody';
import TableCell from '@material-ui/core/TableCell';
import TableContainer from '@material-ui/core/TableContainer';
import TableHead from '@material-ui/core/TableHead';
import TableRow from '@material-ui/core/TableRow';
import Typography from '@material-ui/core/Typography';
import FailedIcon from '@material-ui/icons/ErrorOutline';
import CollapseIcon from '@material-ui/icons/KeyboardArrowDown';
import ExpandIcon from '@material-ui/icons/KeyboardArrowRight';
import type { DateTime } from 'luxon';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import type {
  AuditFacts,
  AuditRecord,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { VisuallyHidden, readableErrorColor } from '../../accessibility';
import { RelativeTime } from '../../time';
import { useNow } from '../answers';
import { SkeletonRows } from '../lists';

const useStyles = makeStyles(theme => ({
  table: {
    '& th, & td': { padding: theme.spacing(0.75, 1.5), lineHeight: 1.43 },
    '& td:first-child, & th:first-child': {
      padding: theme.spacing(0, 0, 0, 0.5),
    },
  },
  expand: { width: 40 },
  nowrap: { whiteSpace: 'nowrap' },
  message: { overflowWrap: 'anywhere' },
  subtle: { color: theme.palette.textSubtle },
  failed: {
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(0.5),
    color: readableErrorColor(theme),
  },
  icon: { fontSize: 18 },
  wide: { [theme.breakpoints.down('sm')]: { display: 'none' } },
  narrow: { [theme.breakpoints.up('md')]: { display: 'none' } },
  details: { backgroundColor: theme.palette.background.default },
  facts: {
    display: 'grid',
    gridTemplateColumns: 'max-content minmax(0, 1fr)',
    gap: theme.spacing(0.5, 2),
    margin: theme.spacing(1, 0, 1, 5),
    alignItems: 'baseline',
    '& dt': { color: theme.palette.textSubtle },
    '& dd': { margin: 0, overflowWrap: 'anywhere' },
  },
  pair: { display: 'contents' },
}));

const SYSTEM = 'system';

function Actor(props: { actor: string }) {
  return props.actor === SYSTEM ? (
    <>the portal</>
  ) : (
    <EntityRefLink entityRef={props.actor} defaultKind="user" hideIcon />
  );
}

function listed(facts: AuditFacts): string[] {
  return Object.entries(facts).map(([name, value]) => `${name}: ${value}`);
}

/** The further facts of a record, each with its name. */
function factsOf(record: AuditRecord): [name: string, value: string][] {
  const { action, subject, at, details, before, after } = record;
  const named = {
    action,
    subject,
    time: at,
    ...details,
    before: before && listed(before),
    after: after && listed(after),
    request: record.requestId,
    number: record.number,
    hash: record.hash,
  };
  return Object.entries(named).flatMap(([name, value]) =>
    value === undefined
      ? []
      : [[name, Array.isArray(value) ? value.join(', ') : String(value)]],
  );
}

function RecordRow(props: {
  record: AuditRecord;
  now: DateTime;
  onActor: (actor: string) => void;
}) {
  const { record, now, onActor } = props;
  const classes = useStyles();
  const [open, setOpen] = useState(false);
  const detailsId = useId();
  return (
    <Fragment>
      <TableRow hover>
        <TableCell className={classes.expand}>
          <IconButton
            size="small"
            aria-label={`Details of: ${record.message}`}
            aria-expanded={open}
            aria-controls={detailsId}
            onClick={() => setOpen(!open)}
          >
            {open ? <CollapseIcon /> : <ExpandIcon />}
          </IconButton>
        </TableCell>
        <TableCell component="th" scope="row" className={classes.message}>
          {record.message}
          {record.outcome === 'failed' && (
            <Typography
              variant="body2"
              component="div"
              className={classes.failed}
            >
              <FailedIcon className={classes.icon} aria-hidden />
              Failed
            </Typography>
          )}
          <Typography
            variant="body2"
            className={`${classes.subtle} ${classes.narrow}`}
          >
            <Actor actor={record.actor} />
          </Typography>
        </TableCell>
        <TableCell className={`${classes.wide} ${classes.nowrap}`}>
          <Actor actor={record.actor} />
        </TableCell>
        <TableCell className={`${classes.wide} ${classes.nowrap}`}>
          <code>{record.action}</code>
        </TableCell>
        <TableCell className={classes.nowrap}>
          <RelativeTime value={record.at} now={now} />
        </TableCell>
      </TableRow>
      {open && (
        <TableRow id={detailsId}>
          <TableCell colSpan={5} className={classes.details}>
            <dl className={classes.facts}>
              <div className={classes.pair}>
                <dt>actor</dt>
                <dd>
                  {record.actor}{' '}
                  <Button size="small" onClick={() => onActor(record.actor)}>
                    Show all of theirs
                  </Button>
                </dd>
              </div>
              {factsOf(record).map(([name, value]) => (
                <div key={name} className={classes.pair}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
          </TableCell>
        </TableRow>
      )}
    </Fragment>
  );
}

/** What was done, one thing a row. */
export function RecordTable(props: {
  /** `undefined` while they are loading. */
  records: AuditRecord[] | undefined;
  onActor: (actor: string) => void;
}) {
  const { records, onActor } = props;
  const classes = useStyles();
  const now = useNow();
  return (
    <TableContainer component={Paper} variant="outlined">
      <Table size="small" aria-label="Record" className={classes.table}>
        <TableHead>
          <TableRow>
            <TableCell className={classes.expand}>
              <VisuallyHidden>Details</VisuallyHidden>
            </TableCell>
            <TableCell>What</TableCell>
            <TableCell className={classes.wide}>Who</TableCell>
            <TableCell className={classes.wide}>Action</TableCell>
            <TableCell>When</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {!records && <SkeletonRows columns={5} />}
          {records?.map(record => (
            <RecordRow
              key={record.id}
              record={record}
              now={now}
              onActor={onActor}
            />
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}
