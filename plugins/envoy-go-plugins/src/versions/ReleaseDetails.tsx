import { useState } from 'react';
import Button from '@material-ui/core/Button';
import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import Skeleton from '@material-ui/lab/Skeleton';
import { Link } from '@backstage/core-components';
import type {
  PluginLocator,
  PluginRelease,
  PluginReleaseAsset,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { CommitRef } from '../commits';
import { AsOfNote, LoadFailure } from '../feedback';
import { usePluginReadme } from '../plugin-facts';
import { RepositoryMarkdown } from '../readme';
import { formatBytes } from './formatBytes';
import { releasePlace } from './releasePlace';

const useStyles = makeStyles(theme => ({
  section: {
    maxWidth: 860,
    '& + &': { marginTop: theme.spacing(3) },
  },
  onPhones: { [theme.breakpoints.up('sm')]: { display: 'none' } },
  heading: {
    color: theme.palette.textSubtle,
    fontSize: theme.typography.pxToRem(12),
    fontWeight: 500,
    marginBottom: theme.spacing(0.5),
  },
  assets: { listStyle: 'none', margin: 0, padding: 0 },
  asset: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(0, 2),
    padding: theme.spacing(0.5, 0),
    overflowWrap: 'anywhere',
  },
  subtle: {
    color: theme.palette.textSubtle,
    fontVariantNumeric: 'tabular-nums',
  },
  foot: { marginTop: theme.spacing(2) },
  readme: {
    marginTop: theme.spacing(1),
    padding: theme.spacing(2, 3),
    border: `1px solid ${theme.palette.divider}`,
    borderRadius: theme.shape.borderRadius,
    backgroundColor: theme.palette.background.paper,
  },
}));

const thousands = new Intl.NumberFormat('en');

function Assets(props: { assets: PluginReleaseAsset[] }) {
  const classes = useStyles();
  return (
    <ul className={classes.assets} aria-label="Files">
      {props.assets.map(({ name, url, size, downloads }) => (
        <li key={name} className={classes.asset}>
          <Link to={url}>{name}</Link>
          <span className={classes.subtle}>{formatBytes(size)}</span>
          <span className={classes.subtle}>
            {thousands.format(downloads)}{' '}
            {downloads === 1 ? 'download' : 'downloads'}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** The README as it was at a release. */
function ReadmeThen(props: {
  plugin: PluginLocator;
  release: PluginRelease;
  privateRepository: boolean;
}) {
  const { plugin, release, privateRepository } = props;
  const classes = useStyles();
  const { value, loading, error, refreshError, retry } = usePluginReadme(
    plugin,
    { release: release.tag },
  );
  const readme = value?.value;

  if (error) {
    return (
      <LoadFailure
        title={`The README at ${release.tag} could not be shown`}
        error={error}
        onRetry={retry}
      />
    );
  }
  return (
    <div
      className={classes.readme}
      role="region"
      aria-label={`README at ${release.tag}`}
      aria-busy={loading}
    >
      {loading &&
        [60, 95, 90, 70].map((width, line) => (
          <Skeleton key={line} width={`${width}%`} height={24} />
        ))}
      {value && !readme && (
        <Typography>The repository had no README at {release.tag}.</Typography>
      )}
      {readme && (
        <RepositoryMarkdown
          content={readme.content}
          url={readme.url}
          rawUrl={readme.rawUrl}
          privateRepository={privateRepository}
        />
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
    </div>
  );
}

/** What there is to know of one release: its files, its notes, and the README as it was then. */
export function ReleaseDetails(props: {
  plugin: PluginLocator;
  release: PluginRelease;
  privateRepository: boolean;
}) {
  const { plugin, release, privateRepository } = props;
  const classes = useStyles();
  const [readmeOpen, setReadmeOpen] = useState(false);
  const notes = release.notes?.trim();
  const assets = release.assets ?? [];

  return (
    <>
      {release.commit && (
        <div className={`${classes.section} ${classes.onPhones}`}>
          <Typography component="h3" className={classes.heading}>
            Commit
          </Typography>
          <CommitRef
            commit={release.commit}
            what={`the commit of ${release.tag}, from its details`}
          />
        </div>
      )}
      {notes && (
        <div className={classes.section}>
          <RepositoryMarkdown
            content={notes}
            {...releasePlace(release)}
            privateRepository={privateRepository}
          />
        </div>
      )}
      {assets.length > 0 && (
        <div className={classes.section}>
          <Typography component="h3" className={classes.heading}>
            Files
          </Typography>
          <Assets assets={assets} />
        </div>
      )}
      <div className={classes.section}>
        <Button
          size="small"
          variant="outlined"
          color="primary"
          aria-expanded={readmeOpen}
          onClick={() => setReadmeOpen(!readmeOpen)}
        >
          {readmeOpen ? 'Hide the README' : `README at ${release.tag}`}
        </Button>
        {readmeOpen && (
          <ReadmeThen
            plugin={plugin}
            release={release}
            privateRepository={privateRepository}
          />
        )}
      </div>
    </>
  );
}
