import { Fragment, useId, useState } from 'react';
import Chip from '@material-ui/core/Chip';
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
import CollapseIcon from '@material-ui/icons/KeyboardArrowDown';
import ExpandIcon from '@material-ui/icons/KeyboardArrowRight';
import AlarmIcon from '@material-ui/icons/ReportProblemOutlined';
import Skeleton from '@material-ui/lab/Skeleton';
import { Link } from '@backstage/core-components';
import type {
  PluginLocator,
  PluginRelease,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { VisuallyHidden, readableErrorColor } from '../accessibility';
import { CommitRef, shortCommit } from '../commits';
import { AsOfNote, LoadFailure } from '../feedback';
import { LiveAnnouncement } from '../live-updates';
import { usePluginEntity } from '../plugin-entity';
import { usePluginDetails, usePluginReleases } from '../plugin-facts';
import { RelativeTime } from '../time';
import { ReleaseDetails } from './ReleaseDetails';

const COLUMNS = 4;

const useStyles = makeStyles(theme => ({
  table: {
    [theme.breakpoints.down('xs')]: {
      '& th, & td': { padding: theme.spacing(1) },
    },
  },
  expand: { width: 48, paddingRight: 0 },
  published: { whiteSpace: 'nowrap' },
  // On a phone the details of a release name its commit instead.
  commit: { [theme.breakpoints.down('xs')]: { display: 'none' } },
  chip: { margin: theme.spacing(0, 0, 0, 1) },
  alarm: {
    display: 'flex',
    gap: theme.spacing(0.5),
    alignItems: 'flex-start',
    maxWidth: 420,
    color: readableErrorColor(theme),
  },
  alarmIcon: { flex: 'none', fontSize: '1.2em', marginTop: 2 },
  details: {
    padding: theme.spacing(2, 2, 3, 8),
    backgroundColor: theme.palette.background.default,
    [theme.breakpoints.down('xs')]: { padding: theme.spacing(2) },
  },
  subtle: { color: theme.palette.textSubtle },
  foot: { marginTop: theme.spacing(2) },
  empty: { padding: theme.spacing(4) },
}));

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function VersionRow(props: {
  plugin: PluginLocator;
  release: PluginRelease;
  latest: boolean;
  privateRepository: boolean;
}) {
  const { plugin, release, latest, privateRepository } = props;
  const { tag, name, commit, movedTo, yanked } = release;
  const classes = useStyles();
  const [open, setOpen] = useState(false);
  const detailsId = useId();

  return (
    <Fragment>
      <TableRow hover>
        <TableCell className={classes.expand}>
          <IconButton
            size="small"
            aria-label={`Details of ${tag}`}
            aria-expanded={open}
            aria-controls={open ? detailsId : undefined}
            onClick={() => setOpen(!open)}
          >
            {open ? <CollapseIcon /> : <ExpandIcon />}
          </IconButton>
        </TableCell>
        <TableCell component="th" scope="row">
          <Link to={release.url}>{yanked ? <s>{tag}</s> : tag}</Link>
          {latest && (
            <Chip className={classes.chip} size="small" label="latest" />
          )}
          {release.prerelease && (
            <Chip
              className={classes.chip}
              size="small"
              variant="outlined"
              label="pre-release"
            />
          )}
          {yanked && (
            <Chip
              className={classes.chip}
              size="small"
              variant="outlined"
              label="yanked"
            />
          )}
          {name && name !== tag && (
            <Typography variant="body2" className={classes.subtle}>
              {name}
            </Typography>
          )}
          {yanked && (
            <Typography variant="body2">
              Withdrawn <RelativeTime value={yanked.at} />
              {yanked.reason ? `: ${sentence(yanked.reason)}` : '.'}
            </Typography>
          )}
          {movedTo && (
            <Typography
              variant="body2"
              component="div"
              className={classes.alarm}
            >
              <AlarmIcon className={classes.alarmIcon} aria-hidden />
              <span>
                The tag now points to{' '}
                <code title={movedTo}>{shortCommit(movedTo)}</code>;{' '}
                {commit ? (
                  <>
                    this release keeps commit{' '}
                    <code title={commit}>{shortCommit(commit)}</code>.
                  </>
                ) : (
                  'which commit this release was made of is not known.'
                )}
              </span>
            </Typography>
          )}
        </TableCell>
        <TableCell className={classes.published}>
          <RelativeTime value={release.publishedAt} />
          {release.author && (
            <Typography variant="body2" className={classes.subtle}>
              by {release.author}
            </Typography>
          )}
        </TableCell>
        <TableCell className={classes.commit}>
          {commit ? (
            <CommitRef commit={commit} what={`the commit of ${tag}`} />
          ) : (
            'not known yet'
          )}
        </TableCell>
      </TableRow>
      {open && (
        <TableRow id={detailsId}>
          <TableCell colSpan={COLUMNS} className={classes.details}>
            <ReleaseDetails
              plugin={plugin}
              release={release}
              privateRepository={privateRepository}
            />
          </TableCell>
        </TableRow>
      )}
    </Fragment>
  );
}

/** The releases of a plugin, newest first. */
export function VersionsContent() {
  const classes = useStyles();
  const { locator } = usePluginEntity();
  const { value, error, refreshError, retry } = usePluginReleases(locator);
  const { value: plugin } = usePluginDetails(locator);
  const visibility = plugin?.repository?.value.visibility ?? 'public';

  if (error) {
    return (
      <LoadFailure
        title="The versions could not be listed"
        error={error}
        onRetry={retry}
      />
    );
  }
  const releases = value?.value;
  const latest = releases?.find(
    release => !release.prerelease && !release.yanked,
  );

  return (
    <>
      {releases?.length === 0 ? (
        <Paper variant="outlined" className={classes.empty}>
          <Typography variant="h6" component="h2" gutterBottom>
            No release yet
          </Typography>
          <Typography>
            Push a tag such as <code>v0.1.0</code> and make a release of it on
            GitHub: it appears here.
          </Typography>
        </Paper>
      ) : (
        <TableContainer component={Paper} variant="outlined">
          <Table
            className={classes.table}
            aria-label="Versions"
            aria-busy={!releases}
          >
            <TableHead>
              <TableRow>
                <TableCell className={classes.expand}>
                  <VisuallyHidden>Details</VisuallyHidden>
                </TableCell>
                <TableCell>Version</TableCell>
                <TableCell>Published</TableCell>
                <TableCell className={classes.commit}>Commit</TableCell>
              </TableRow>
            </TableHead>
            <TableBody>
              {releases
                ? releases.map(release => (
                    <VersionRow
                      key={release.id ?? release.tag}
                      plugin={locator}
                      release={release}
                      latest={release === latest}
                      privateRepository={visibility !== 'public'}
                    />
                  ))
                : [1, 2, 3].map(row => (
                    <TableRow key={row}>
                      <TableCell colSpan={COLUMNS}>
                        <Skeleton height={30} />
                      </TableCell>
                    </TableRow>
                  ))}
            </TableBody>
          </Table>
        </TableContainer>
      )}
      {value && (
        <div className={classes.foot}>
          <AsOfNote
            asOf={value.asOf}
            staleReason={value.staleReason}
            refreshError={refreshError}
          />
        </div>
      )}
      <LiveAnnouncement of={releases && JSON.stringify(releases)}>
        {latest
          ? `The versions were updated. The latest is ${latest.tag}.`
          : 'The versions were updated.'}
      </LiveAnnouncement>
    </>
  );
}
