import { makeStyles } from '@material-ui/core/styles';
import Alert from '@material-ui/lab/Alert';
import { Link } from '@backstage/core-components';
import type {
  AsOf,
  PluginLocator,
  PluginRelease,
  PluginRepository,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { shortCommit } from '../commits';
import { usePluginReleases } from '../plugin-facts';
import { RelativeTime } from '../time';

const useStyles = makeStyles(theme => ({
  root: {
    display: 'grid',
    gap: theme.spacing(1),
    marginBottom: theme.spacing(2),
    '&:empty': { display: 'none' },
    '& .MuiAlert-message': {
      overflowWrap: 'anywhere',
      minWidth: 0,
      color: theme.palette.text.primary,
    },
    '& a': { textDecoration: 'underline' },
  },
}));

function MovedTag(props: { release: PluginRelease; versionsPath: string }) {
  const { release, versionsPath } = props;
  return (
    <Alert severity="error" variant="outlined">
      The tag <strong>{release.tag}</strong> was moved after its release.
      {release.movedTo && (
        <>
          {' '}
          It now points to <code>{shortCommit(release.movedTo)}</code>
          {release.commit && (
            <>
              ; the release keeps <code>{shortCommit(release.commit)}</code>
            </>
          )}
          .
        </>
      )}{' '}
      Do not build from the tag until its owner says why.{' '}
      <Link to={versionsPath}>See the versions</Link>
    </Alert>
  );
}

/**
 * What somebody has to know before they use a plugin: its repository is gone or archived, a tag was moved after its
 * release, its newest version was withdrawn. Nothing where all is well.
 */
export function PluginNotices(props: {
  plugin: PluginLocator;
  repository: AsOf<PluginRepository> | undefined;
  versionsPath: string;
}) {
  const { plugin, repository, versionsPath } = props;
  const classes = useStyles();
  const { value } = usePluginReleases(plugin);
  const releases = value?.value ?? [];
  const newest = releases.find(release => !release.prerelease);
  const { deletedAt, archived } = repository?.value ?? {};

  return (
    <div className={classes.root} role="status">
      {deletedAt && (
        <Alert severity="error" variant="outlined">
          GitHub says this repository no longer exists, since{' '}
          <RelativeTime value={deletedAt} />. Showing what we knew.
        </Alert>
      )}
      {archived && !deletedAt && (
        <Alert severity="warning" variant="outlined">
          Its owner archived this repository: it is read-only, and no faults
          will be mended.
        </Alert>
      )}
      {releases
        .filter(release => release.movedTo)
        .map(release => (
          <MovedTag
            key={release.tag}
            release={release}
            versionsPath={versionsPath}
          />
        ))}
      {newest?.yanked && (
        <Alert severity="warning" variant="outlined">
          The newest version, <strong>{newest.tag}</strong>, was withdrawn
          {newest.yanked.reason ? `: ${newest.yanked.reason}` : ''}.{' '}
          <Link to={versionsPath}>See the versions</Link>
        </Alert>
      )}
    </div>
  );
}
