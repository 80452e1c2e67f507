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
import Skeleton from '@material-ui/lab/Skeleton';
import useAsyncRetry from 'react-use/esm/useAsyncRetry';
import { Link } from '@backstage/core-components';
import { useApi } from '@backstage/core-plugin-api';
import type { PluginRelease } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { VisuallyHidden } from '../accessibility';
import { envoyGoPluginsApiRef } from '../api';
import { CopyButton } from '../clipboard';
import { AsOfNote, LoadFailure } from '../feedback';
import { usePluginEntity } from '../plugin-entity';
import { RepositoryMarkdown } from '../readme';
import { RelativeTime } from '../time';

const SHORT_COMMIT_LENGTH = 7;

const useStyles = makeStyles(theme => ({
  expand: { width: 48, paddingRight: 0 },
  chip: { margin: theme.spacing(0, 0, 0, 1) },
  commit: { display: 'inline-flex', alignItems: 'center', gap: 4 },
  notes: {
    padding: theme.spacing(1, 2, 2, 8),
    backgroundColor: theme.palette.background.default,
  },
  subtle: { color: theme.palette.textSubtle },
  foot: { marginTop: theme.spacing(2) },
  empty: { padding: theme.spacing(4) },
}));

function VersionRow(props: { release: PluginRelease; latest: boolean }) {
  const { release, latest } = props;
  const classes = useStyles();
  const [open, setOpen] = useState(false);
  const notesId = useId();
  const notes = release.notes?.trim();

  return (
    <Fragment>
      <TableRow hover>
        <TableCell className={classes.expand}>
          {notes && (
            <IconButton
              size="small"
              aria-label={`Notes of ${release.tag}`}
              aria-expanded={open}
              aria-controls={notesId}
              onClick={() => setOpen(!open)}
            >
              {open ? <CollapseIcon /> : <ExpandIcon />}
            </IconButton>
          )}
        </TableCell>
        <TableCell component="th" scope="row">
          <Link to={release.url}>{release.tag}</Link>
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
          {release.name && release.name !== release.tag && (
            <Typography variant="body2" className={classes.subtle}>
              {release.name}
            </Typography>
          )}
        </TableCell>
        <TableCell>
          <RelativeTime value={release.publishedAt} />
        </TableCell>
        <TableCell>
          {release.commit ? (
            <span className={classes.commit}>
              <code>{release.commit.slice(0, SHORT_COMMIT_LENGTH)}</code>
              <CopyButton
                text={release.commit}
                what={`the commit of ${release.tag}`}
              />
            </span>
          ) : (
            'not known yet'
          )}
        </TableCell>
      </TableRow>
      {open && notes && (
        <TableRow id={notesId}>
          <TableCell colSpan={4} className={classes.notes}>
            <RepositoryMarkdown
              content={notes}
              url={release.url}
              rawUrl={release.url}
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
  const api = useApi(envoyGoPluginsApiRef);
  const { locator } = usePluginEntity();
  const { value, error, retry } = useAsyncRetry(
    () => api.getReleases(locator),
    [api, locator],
  );

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
  if (releases?.length === 0) {
    return (
      <Paper variant="outlined" className={classes.empty}>
        <Typography variant="h6" component="h2" gutterBottom>
          No release yet
        </Typography>
        <Typography>
          Push a tag such as <code>v0.1.0</code> and make a release of it on
          GitHub: it appears here.
        </Typography>
      </Paper>
    );
  }
  const latest = releases?.find(release => !release.prerelease);

  return (
    <>
      <TableContainer component={Paper} variant="outlined">
        <Table aria-label="Versions" aria-busy={!releases}>
          <TableHead>
            <TableRow>
              <TableCell className={classes.expand}>
                <VisuallyHidden>Notes</VisuallyHidden>
              </TableCell>
              <TableCell>Version</TableCell>
              <TableCell>Published</TableCell>
              <TableCell>Commit</TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {releases
              ? releases.map(release => (
                  <VersionRow
                    key={release.tag}
                    release={release}
                    latest={release === latest}
                  />
                ))
              : [1, 2, 3].map(row => (
                  <TableRow key={row}>
                    <TableCell colSpan={4}>
                      <Skeleton height={30} />
                    </TableCell>
                  </TableRow>
                ))}
          </TableBody>
        </Table>
      </TableContainer>
      {value && (
        <div className={classes.foot}>
          <AsOfNote asOf={value.asOf} staleReason={value.staleReason} />
        </div>
      )}
    </>
  );
}
