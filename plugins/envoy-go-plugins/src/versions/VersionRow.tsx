import { Fragment, useId } from 'react';
import Chip from '@material-ui/core/Chip';
import IconButton from '@material-ui/core/IconButton';
import { makeStyles } from '@material-ui/core/styles';
import TableCell from '@material-ui/core/TableCell';
import TableRow from '@material-ui/core/TableRow';
import Typography from '@material-ui/core/Typography';
import CollapseIcon from '@material-ui/icons/KeyboardArrowDown';
import ExpandIcon from '@material-ui/icons/KeyboardArrowRight';
import AlarmIcon from '@material-ui/icons/ReportProblemOutlined';
import Skeleton from '@material-ui/lab/Skeleton';
import { Link } from '@backstage/core-components';
import type { PluginLocator } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { VisuallyHidden, readableErrorColor } from '../accessibility';
import { CommitRef, shortCommit } from '../commits';
import { VersionActions } from '../management';
import { RepositoryMarkdown } from '../readme';
import { RelativeTime } from '../time';
import { BuildOfVersion } from './BuildOfVersion';
import { DigestRef } from './DigestRef';
import { ProofCell } from './ProofCell';
import { ReleaseDetails } from './ReleaseDetails';
import { VersionDetails } from './VersionDetails';
import { formatBytes } from './formatBytes';
import type { ReleasedVersion } from './joinVersions';
import { releasePlace } from './releasePlace';

/** The columns of the table beside those of the Envoys. */
export const VERSION_COLUMNS = 6;

const useStyles = makeStyles(theme => ({
  chip: { margin: theme.spacing(0, 0, 0, 1) },
  published: { whiteSpace: 'nowrap' },
  image: { whiteSpace: 'nowrap' },
  // A phone has no room for more than the version and how it did; its details say the rest.
  wide: { [theme.breakpoints.down('sm')]: { display: 'none' } },
  proof: { padding: theme.spacing(0.5) },
  proofs: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(0, 1),
    listStyle: 'none',
    margin: theme.spacing(0.5, 0, 0),
    padding: 0,
    fontSize: theme.typography.body2.fontSize,
    '& li': { display: 'flex', alignItems: 'center' },
  },
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
    [theme.breakpoints.down('sm')]: { padding: theme.spacing(2) },
  },
  notes: { maxWidth: 860 },
  subtle: { color: theme.palette.textSubtle },
}));

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function MovedTag(props: { version: ReleasedVersion; movedTo: string }) {
  const { version, movedTo } = props;
  const classes = useStyles();
  return (
    <Typography variant="body2" component="div" className={classes.alarm}>
      <AlarmIcon className={classes.alarmIcon} aria-hidden />
      <span>
        The tag now points to{' '}
        <code title={movedTo}>{shortCommit(movedTo)}</code>;{' '}
        {version.commit ? (
          <>
            this release keeps commit{' '}
            <code title={version.commit}>{shortCommit(version.commit)}</code>.
          </>
        ) : (
          'which commit this release was made of is not known.'
        )}
      </span>
    </Typography>
  );
}

/** A release in the table of versions, and below it, where it is open, what there is to know of it. */
export function VersionRow(props: {
  plugin: PluginLocator;
  version: ReleasedVersion;
  latest: boolean;
  privateRepository: boolean;
  /** The Envoys that there are columns for. */
  envoys: string[];
  /** Whether there is no room for columns of the Envoys. */
  narrow: boolean;
  /** Whether what became of the releases is still to come. */
  loading: boolean;
  open: boolean;
  onToggle: () => void;
}) {
  const { plugin, latest, privateRepository, envoys, loading } = props;
  const { open, onToggle, narrow } = props;
  const { tag, url, commit, movedTo, yanked, release, version } = props.version;
  const { image } = version ?? {};
  const classes = useStyles();
  const detailsId = useId();
  const proofIn = (envoy: string) => (
    <ProofCell
      tag={tag}
      envoy={envoy}
      proof={version?.proofs.find(proof => proof.envoy === envoy)}
    />
  );

  return (
    <Fragment>
      <TableRow hover>
        <TableCell padding="checkbox">
          <IconButton
            size="small"
            aria-label={`Details of ${tag}`}
            aria-expanded={open}
            aria-controls={open ? detailsId : undefined}
            onClick={onToggle}
          >
            {open ? <CollapseIcon /> : <ExpandIcon />}
          </IconButton>
        </TableCell>
        <TableCell component="th" scope="row">
          <Link to={url}>{yanked ? <s>{tag}</s> : tag}</Link>
          {latest && (
            <Chip className={classes.chip} size="small" label="latest" />
          )}
          {props.version.prerelease && (
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
          {release?.name && release.name !== tag && (
            <Typography variant="body2" className={classes.subtle}>
              {release.name}
            </Typography>
          )}
          {yanked && (
            <Typography variant="body2">
              Withdrawn <RelativeTime value={yanked.at} />
              {yanked.reason ? `: ${sentence(yanked.reason)}` : '.'}
            </Typography>
          )}
          {movedTo && <MovedTag version={props.version} movedTo={movedTo} />}
          {version && <BuildOfVersion version={version} />}
          {narrow && version && version.proofs.length > 0 && (
            <ul className={classes.proofs} aria-label={`Proofs of ${tag}`}>
              {envoys.map(envoy => (
                <li key={envoy}>
                  {envoy}
                  {proofIn(envoy)}
                </li>
              ))}
            </ul>
          )}
        </TableCell>
        <TableCell className={`${classes.published} ${classes.wide}`}>
          <RelativeTime value={props.version.publishedAt} />
          {release?.author && (
            <Typography variant="body2" className={classes.subtle}>
              by {release.author}
            </Typography>
          )}
        </TableCell>
        <TableCell className={classes.wide}>
          {commit ? (
            <CommitRef commit={commit} what={`the commit of ${tag}`} />
          ) : (
            'not known yet'
          )}
        </TableCell>
        <TableCell className={`${classes.image} ${classes.wide}`}>
          {image && (
            <>
              <DigestRef digest={image.digest} what={`the digest of ${tag}`} />
              <Typography variant="body2" className={classes.subtle}>
                {formatBytes(image.size)}
              </Typography>
            </>
          )}
          {!image && (loading ? <Skeleton width={110} /> : 'none')}
        </TableCell>
        {!narrow &&
          envoys.map(envoy => (
            <TableCell key={envoy} align="center" className={classes.proof}>
              {proofIn(envoy)}
            </TableCell>
          ))}
        <TableCell padding="checkbox">
          {version ? (
            <VersionActions plugin={plugin} version={version} />
          ) : (
            <VisuallyHidden>Nothing to do</VisuallyHidden>
          )}
        </TableCell>
      </TableRow>
      {open && (
        <TableRow id={detailsId}>
          <TableCell
            colSpan={VERSION_COLUMNS + (narrow ? 0 : envoys.length)}
            className={classes.details}
          >
            {version && <VersionDetails version={version} />}
            {release && (
              <ReleaseDetails
                plugin={plugin}
                release={release}
                privateRepository={privateRepository}
              />
            )}
            {!release && version?.notes?.trim() && (
              <div className={classes.notes}>
                <RepositoryMarkdown
                  content={version.notes.trim()}
                  {...releasePlace({ tag, url })}
                  privateRepository={privateRepository}
                />
              </div>
            )}
          </TableCell>
        </TableRow>
      )}
    </Fragment>
  );
}
