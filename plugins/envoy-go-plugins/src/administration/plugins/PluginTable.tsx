import Paper from '@material-ui/core/Paper';
import { makeStyles } from '@material-ui/core/styles';
import Table from '@material-ui/core/Table';
import TableBody from '@material-ui/core/TableBody';
import TableCell from '@material-ui/core/TableCell';
import TableContainer from '@material-ui/core/TableContainer';
import TableHead from '@material-ui/core/TableHead';
import TableRow from '@material-ui/core/TableRow';
import Typography from '@material-ui/core/Typography';
import VerifiedIcon from '@material-ui/icons/VerifiedUserOutlined';
import { Link } from '@backstage/core-components';
import {
  EntityRefLink,
  useEntityRefLink,
} from '@backstage/plugin-catalog-react';
import { ENVOY_GO_PLUGIN_KIND } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type {
  BuildSummary,
  ManagedPlugin,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { OperationState } from '../../management/operations';
import { ToneText } from '../../publishing/request/ToneText';
import { RelativeTime } from '../../time';
import { SkeletonRows } from '../lists';

const useStyles = makeStyles(theme => ({
  root: {
    '& thead th': { whiteSpace: 'nowrap' },
    '& th, & td': { padding: theme.spacing(1, 1.5) },
  },
  name: { overflowWrap: 'anywhere' },
  subtle: { color: theme.palette.textSubtle, overflowWrap: 'anywhere' },
  nowrap: { whiteSpace: 'nowrap' },
  wide: { [theme.breakpoints.down('sm')]: { display: 'none' } },
  operations: {
    listStyle: 'none',
    margin: 0,
    padding: 0,
    display: 'grid',
    gap: theme.spacing(0.5),
  },
}));

const BUILD_WORDS: Record<BuildSummary['state'], string> = {
  queued: 'waits',
  building: 'builds',
  publishing: 'is published',
  passed: 'passed',
  failed: 'failed',
  'could-not-run': 'could not run',
  cancelled: 'was cancelled',
};

function Build(props: { build: BuildSummary | undefined }) {
  const { build } = props;
  const classes = useStyles();
  if (!build) {
    return <span className={classes.subtle}>none</span>;
  }
  return (
    <>
      {build.version ?? build.commit.slice(0, 7)} {BUILD_WORDS[build.state]}
      <Typography variant="body2" className={classes.subtle}>
        <RelativeTime value={build.endedAt ?? build.createdAt} />
      </Typography>
    </>
  );
}

/** Published plugins, one a row; each leads to its page. */
export function PluginTable(props: {
  /** `undefined` while they are loading. */
  plugins: ManagedPlugin[] | undefined;
}) {
  const { plugins } = props;
  const classes = useStyles();
  const entityLink = useEntityRefLink();
  return (
    <TableContainer component={Paper} variant="outlined">
      <Table size="small" aria-label="Plugins" className={classes.root}>
        <TableHead>
          <TableRow>
            <TableCell>Plugin</TableCell>
            <TableCell>Owner</TableCell>
            <TableCell className={classes.wide}>Lifecycle</TableCell>
            <TableCell className={classes.wide}>Latest version</TableCell>
            <TableCell className={classes.wide}>Verified</TableCell>
            <TableCell className={classes.wide}>Last build</TableCell>
            <TableCell>Operations</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {!plugins && <SkeletonRows columns={7} rows={6} />}
          {plugins?.map(plugin => (
            <TableRow key={plugin.entityRef} hover>
              <TableCell component="th" scope="row" className={classes.name}>
                <Link
                  to={entityLink({
                    kind: ENVOY_GO_PLUGIN_KIND,
                    namespace: plugin.namespace,
                    name: plugin.name,
                  })}
                >
                  {plugin.title}
                </Link>
                {plugin.title !== plugin.name && (
                  <Typography variant="body2" className={classes.subtle}>
                    {plugin.name}
                  </Typography>
                )}
              </TableCell>
              <TableCell>
                <EntityRefLink
                  entityRef={plugin.owner}
                  defaultKind="group"
                  hideIcon
                />
              </TableCell>
              <TableCell className={classes.wide}>{plugin.lifecycle}</TableCell>
              <TableCell className={`${classes.nowrap} ${classes.wide}`}>
                {plugin.latestRelease ? (
                  <>
                    {plugin.latestRelease.tag}
                    <Typography variant="body2" className={classes.subtle}>
                      <RelativeTime value={plugin.latestRelease.publishedAt} />
                    </Typography>
                  </>
                ) : (
                  <span className={classes.subtle}>none</span>
                )}
              </TableCell>
              <TableCell className={`${classes.nowrap} ${classes.wide}`}>
                {plugin.verified ? (
                  <ToneText tone="good" Icon={VerifiedIcon}>
                    {plugin.verified.version}
                  </ToneText>
                ) : (
                  <span className={classes.subtle}>no</span>
                )}
              </TableCell>
              <TableCell className={classes.wide}>
                <Build build={plugin.lastBuild} />
              </TableCell>
              <TableCell>
                <ul className={classes.operations}>
                  {plugin.operations.map(({ id, title, state }) => (
                    <li key={id}>
                      {title} <OperationState state={state} />
                    </li>
                  ))}
                </ul>
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}
