import { useMemo } from 'react';
import Button from '@material-ui/core/Button';
import Paper from '@material-ui/core/Paper';
import { makeStyles, useTheme } from '@material-ui/core/styles';
import Table from '@material-ui/core/Table';
import TableBody from '@material-ui/core/TableBody';
import TableCell from '@material-ui/core/TableCell';
import TableContainer from '@material-ui/core/TableContainer';
import TableHead from '@material-ui/core/TableHead';
import TableRow from '@material-ui/core/TableRow';
import Typography from '@material-ui/core/Typography';
import useMediaQuery from '@material-ui/core/useMediaQuery';
import Alert from '@material-ui/lab/Alert';
import Skeleton from '@material-ui/lab/Skeleton';
import { useSearchParams } from 'react-router-dom';
import { VisuallyHidden } from '../accessibility';
import { readValues, toggled } from '../administration/lists/addressParameters';
import { compareEnvoyVersions } from '../builds/proofs';
import { AsOfNote, LoadFailure, describeFailure } from '../feedback';
import { LiveAnnouncement } from '../live-updates';
import { usePluginEntity } from '../plugin-entity';
import { usePluginDetails, usePluginReleases } from '../plugin-facts';
import { BadgeAndFeed } from './BadgeAndFeed';
import { VERSION_COLUMNS, VersionRow } from './VersionRow';
import { latestVersion } from './latestVersion';
import { joinVersions } from './joinVersions';
import { usePluginVersions } from './usePluginVersions';

/** The parameter of the address that names the versions which are open. */
const OPEN = 'open';

const useStyles = makeStyles(theme => ({
  table: {
    '& th, & td': { wordBreak: 'normal' },
    [theme.breakpoints.down('sm')]: {
      '& th, & td': { padding: theme.spacing(1) },
    },
  },
  wide: { [theme.breakpoints.down('sm')]: { display: 'none' } },
  envoy: {
    whiteSpace: 'nowrap',
    lineHeight: 1.3,
    padding: theme.spacing(1, 0.5),
    '& span': { display: 'block', fontWeight: 400, fontSize: 11 },
  },
  failure: { marginBottom: theme.spacing(2) },
  foot: { marginTop: theme.spacing(2) },
  empty: { padding: theme.spacing(4) },
}));

/** The versions of a plugin, newest first: what was released, what was built of it, and how it did in each Envoy. */
export function VersionsContent() {
  const classes = useStyles();
  const theme = useTheme();
  const narrow = useMediaQuery(theme.breakpoints.down('xs'), { noSsr: true });
  const { locator } = usePluginEntity();
  const releases = usePluginReleases(locator);
  const built = usePluginVersions(locator);
  const { value: plugin } = usePluginDetails(locator);
  const visibility = plugin?.repository?.value.visibility ?? 'public';
  const [params, setParams] = useSearchParams();
  const open = readValues(params, OPEN);

  const releasesKnown = releases.value?.value;
  const versions = useMemo(
    () =>
      releasesKnown || built.versions
        ? joinVersions(releasesKnown, built.versions)
        : undefined,
    [releasesKnown, built.versions],
  );
  const envoys = useMemo(
    () =>
      [
        ...new Set(
          built.versions?.flatMap(({ proofs }) =>
            proofs.map(({ envoy }) => envoy),
          ),
        ),
      ].sort(compareEnvoyVersions),
    [built.versions],
  );

  if (releases.error && !built.versions?.length) {
    return (
      <LoadFailure
        title="The versions could not be listed"
        error={releases.error}
        onRetry={() => {
          releases.retry();
          built.retry();
        }}
      />
    );
  }
  const latest = versions && latestVersion(versions);
  const toggle = (tag: string) =>
    setParams(
      current => {
        const next = new URLSearchParams(current);
        next.delete(OPEN);
        toggled(readValues(current, OPEN), tag).forEach(one =>
          next.append(OPEN, one),
        );
        return next;
      },
      { replace: true },
    );
  const failure = built.error ?? built.refreshError;

  return (
    <>
      {failure && (
        <Alert
          className={classes.failure}
          severity="warning"
          variant="outlined"
          role="status"
          action={
            <Button color="inherit" size="small" onClick={built.retry}>
              Retry
            </Button>
          }
        >
          What was built of the releases could not be read.{' '}
          {describeFailure(failure).sentence}
          {built.refreshError && ' Shown is what was known before.'}
        </Alert>
      )}
      {versions?.length === 0 ? (
        <Paper variant="outlined" className={classes.empty}>
          <Typography variant="h6" component="h2" gutterBottom>
            No release yet
          </Typography>
          <Typography>
            Push a tag such as <code>v0.1.0</code> and make a release of it on
            GitHub: it appears here, is built, proven in Envoy and signed by
            itself.
          </Typography>
        </Paper>
      ) : (
        <TableContainer component={Paper} variant="outlined">
          <Table
            className={classes.table}
            aria-label="Versions"
            aria-busy={!versions}
          >
            <TableHead>
              <TableRow>
                <TableCell padding="checkbox">
                  <VisuallyHidden>Details</VisuallyHidden>
                </TableCell>
                <TableCell>Version</TableCell>
                <TableCell className={classes.wide}>Published</TableCell>
                <TableCell className={classes.wide}>Commit</TableCell>
                <TableCell className={classes.wide}>Image</TableCell>
                {(narrow ? [] : envoys).map(envoy => (
                  <TableCell
                    key={envoy}
                    align="center"
                    className={classes.envoy}
                  >
                    <span>Envoy </span>
                    {envoy}
                  </TableCell>
                ))}
                <TableCell padding="checkbox">
                  <VisuallyHidden>Actions</VisuallyHidden>
                </TableCell>
              </TableRow>
            </TableHead>
            <TableBody>
              {versions
                ? versions.map(version => (
                    <VersionRow
                      key={version.release?.id ?? version.tag}
                      plugin={locator}
                      version={version}
                      latest={version === latest}
                      privateRepository={visibility !== 'public'}
                      envoys={envoys}
                      narrow={narrow}
                      loading={!built.versions && !built.error}
                      open={open.includes(version.tag)}
                      onToggle={() => toggle(version.tag)}
                    />
                  ))
                : [1, 2, 3].map(row => (
                    <TableRow key={row}>
                      <TableCell colSpan={VERSION_COLUMNS}>
                        <Skeleton height={30} />
                      </TableCell>
                    </TableRow>
                  ))}
            </TableBody>
          </Table>
        </TableContainer>
      )}
      {releases.value && (
        <div className={classes.foot}>
          <AsOfNote
            asOf={releases.value.asOf}
            staleReason={releases.value.staleReason}
            refreshError={releases.refreshError}
          />
        </div>
      )}
      {/* Whoever has a badge or a feed shows it to everybody: there are none of plugins that not everybody may see. */}
      {versions && versions.length > 0 && plugin && visibility === 'public' && (
        <BadgeAndFeed plugin={locator} />
      )}
      <LiveAnnouncement of={versions && JSON.stringify(versions)}>
        {latest
          ? `The versions were updated. The latest is ${latest.tag}.`
          : 'The versions were updated.'}
      </LiveAnnouncement>
    </>
  );
}
