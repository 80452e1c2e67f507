import Paper from '@material-ui/core/Paper';
import { makeStyles } from '@material-ui/core/styles';
import Table from '@material-ui/core/Table';
import TableBody from '@material-ui/core/TableBody';
import TableCell from '@material-ui/core/TableCell';
import TableContainer from '@material-ui/core/TableContainer';
import TableHead from '@material-ui/core/TableHead';
import TableRow from '@material-ui/core/TableRow';
import Typography from '@material-ui/core/Typography';
import { Link } from '@backstage/core-components';
import {
  EntityRefLink,
  useEntityRefLink,
} from '@backstage/plugin-catalog-react';
import type { PluginSummary } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { RelativeTime } from '../time';
import { EnvoyProofs, VerifiedLabel } from '../verified';
import {
  LifecycleBadge,
  Stars,
  claimedMinors,
  runtimeLabel,
} from '../vocabulary';

const useStyles = makeStyles(theme => ({
  root: {
    '& th, & td': {
      whiteSpace: 'nowrap',
      wordBreak: 'normal',
      padding: theme.spacing(1, 1.5),
    },
  },
  name: { width: '30%', minWidth: 180, maxWidth: 220 },
  title: { display: 'flex', alignItems: 'center', gap: theme.spacing(1) },
  subtle: { color: theme.palette.textSubtle },
}));

/** The same list as the cards, for those who compare. */
export function PluginTable(props: { plugins: PluginSummary[] }) {
  const classes = useStyles();
  const entityLink = useEntityRefLink();

  return (
    <TableContainer component={Paper} variant="outlined">
      <Table size="small" aria-label="Plugins" className={classes.root}>
        <TableHead>
          <TableRow>
            <TableCell>Plugin</TableCell>
            <TableCell>Latest release</TableCell>
            <TableCell align="right">Stars</TableCell>
            <TableCell>Category</TableCell>
            <TableCell>Envoy</TableCell>
            <TableCell>Runtime</TableCell>
            <TableCell>Owner</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {props.plugins.map(plugin => (
            <TableRow key={plugin.entityRef} hover>
              <TableCell component="th" scope="row" className={classes.name}>
                <span className={classes.title}>
                  <Link to={entityLink(plugin.entityRef)}>{plugin.title}</Link>
                  <VerifiedLabel verified={plugin.verified} />
                  <LifecycleBadge lifecycle={plugin.lifecycle} />
                </span>
                <Typography variant="body2" className={classes.subtle} noWrap>
                  {plugin.description}
                </Typography>
              </TableCell>
              <TableCell>
                {plugin.latestRelease ? (
                  <>
                    {plugin.latestRelease.tag} ·{' '}
                    <RelativeTime value={plugin.latestRelease.publishedAt} />
                  </>
                ) : (
                  'none yet'
                )}
              </TableCell>
              <TableCell align="right">
                <Stars count={plugin.stars} />
              </TableCell>
              <TableCell>{plugin.category}</TableCell>
              <TableCell>
                {plugin.envoyProofs ? (
                  <EnvoyProofs proofs={plugin.envoyProofs} labelled={false} />
                ) : (
                  `claims ${claimedMinors(plugin)}`
                )}
              </TableCell>
              <TableCell>{runtimeLabel(plugin.runtime)}</TableCell>
              <TableCell>
                <EntityRefLink
                  entityRef={plugin.owner}
                  defaultKind="group"
                  hideIcon
                />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}
