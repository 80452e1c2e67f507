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
import { Link } from '@backstage/core-components';
import { useRouteRef } from '@backstage/core-plugin-api';
import type { BuildSummary } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { BuildStateLabel } from '../../builds/BuildStateLabel';
import { buildTitle } from '../../builds/build';
import {
  BUILD_KIND_WORDS,
  durationWords,
  millisecondsBetween,
} from '../../builds/words';
import { shortCommit } from '../../commits';
import { buildsRouteRef } from '../../routes';
import { RelativeTime } from '../../time';
import { useNow } from '../answers';
import { SkeletonRows } from '../lists';

const useStyles = makeStyles(theme => ({
  root: {
    '& thead th': { whiteSpace: 'nowrap' },
    '& th, & td': {
      padding: theme.spacing(0.75, 1.5),
      wordBreak: 'normal',
    },
    [theme.breakpoints.down('xs')]: {
      '& th, & td': { padding: theme.spacing(0.75, 1) },
    },
  },
  title: { overflowWrap: 'anywhere' },
  runner: { maxWidth: 160, overflowWrap: 'anywhere' },
  subtle: { color: theme.palette.textSubtle },
  reason: {
    maxWidth: 420,
    overflowWrap: 'anywhere',
    display: '-webkit-box',
    WebkitBoxOrient: 'vertical',
    WebkitLineClamp: 2,
    overflow: 'hidden',
  },
  nowrap: { whiteSpace: 'nowrap' },
  wide: { [theme.breakpoints.down('sm')]: { display: 'none' } },
}));

function Took(props: { build: BuildSummary; now: DateTime }) {
  const { startedAt, endedAt } = props.build;
  return startedAt ? (
    <>{durationWords(millisecondsBetween(startedAt, endedAt, props.now))}</>
  ) : (
    <>–</>
  );
}

/** Builds, one a row; each leads to its page. */
export function BuildTable(props: {
  /** `undefined` while they are loading. */
  builds: BuildSummary[] | undefined;
}) {
  const { builds } = props;
  const classes = useStyles();
  const now = useNow();
  const pages = useRouteRef(buildsRouteRef)();
  return (
    <TableContainer component={Paper} variant="outlined">
      <Table size="small" aria-label="Builds" className={classes.root}>
        <TableHead>
          <TableRow>
            <TableCell>Build</TableCell>
            <TableCell>State</TableCell>
            <TableCell className={classes.wide}>Why</TableCell>
            <TableCell className={classes.wide}>Runner</TableCell>
            <TableCell className={classes.wide} align="right">
              Attempts
            </TableCell>
            <TableCell className={classes.wide} align="right">
              Took
            </TableCell>
            <TableCell className={classes.wide}>Asked for</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {!builds && <SkeletonRows columns={7} rows={10} />}
          {builds?.map(build => (
            <TableRow key={build.id} hover>
              <TableCell component="th" scope="row" className={classes.title}>
                <Link to={`${pages}/${encodeURIComponent(build.id)}`}>
                  {buildTitle(build)}
                </Link>
                <Typography variant="body2" className={classes.subtle}>
                  <code>{shortCommit(build.commit)}</code>
                </Typography>
              </TableCell>
              <TableCell>
                <BuildStateLabel state={build.state} />
                {build.reason && build.state !== 'passed' && (
                  <Typography
                    variant="body2"
                    className={`${classes.subtle} ${classes.reason}`}
                  >
                    {build.reason}
                  </Typography>
                )}
              </TableCell>
              <TableCell className={`${classes.wide} ${classes.nowrap}`}>
                {BUILD_KIND_WORDS[build.kind].label}
              </TableCell>
              <TableCell className={`${classes.wide} ${classes.runner}`}>
                {build.runner ?? '–'}
              </TableCell>
              <TableCell className={classes.wide} align="right">
                {build.attempts}
              </TableCell>
              <TableCell
                className={`${classes.wide} ${classes.nowrap}`}
                align="right"
              >
                <Took build={build} now={now} />
              </TableCell>
              <TableCell className={`${classes.wide} ${classes.nowrap}`}>
                <RelativeTime value={build.createdAt} now={now} />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}
