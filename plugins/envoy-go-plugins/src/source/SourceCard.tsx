import { useState } from 'react';
import Avatar from '@material-ui/core/Avatar';
import Button from '@material-ui/core/Button';
import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import Skeleton from '@material-ui/lab/Skeleton';
import { Link } from '@backstage/core-components';
import { EntityInfoCard } from '@backstage/plugin-catalog-react';
import type {
  PluginContributor,
  PluginSource,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { CommitRef } from '../commits';
import { AsOfNote, LoadFailure } from '../feedback';
import { usePluginEntity } from '../plugin-entity';
import { usePluginDetails, usePluginSource } from '../plugin-facts';

/** How many of a list are shown before the rest is asked for. */
const SHORT_LIST = 5;
const MANY_CONTRIBUTORS = 12;

const useStyles = makeStyles(theme => ({
  section: { '& + &': { marginTop: theme.spacing(2.5) } },
  heading: {
    color: theme.palette.textSubtle,
    fontSize: theme.typography.pxToRem(12),
    fontWeight: 500,
    marginBottom: theme.spacing(0.5),
  },
  refs: {
    listStyle: 'none',
    margin: 0,
    padding: 0,
    fontSize: theme.typography.pxToRem(14),
  },
  ref: {
    display: 'flex',
    alignItems: 'center',
    justifyContent: 'space-between',
    gap: theme.spacing(1),
    minHeight: 30,
  },
  name: { minWidth: 0, overflowWrap: 'anywhere' },
  subtle: { color: theme.palette.textSubtle },
  people: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(0.75),
    listStyle: 'none',
    margin: 0,
    padding: 0,
  },
  avatar: {
    width: 32,
    height: 32,
    fontSize: theme.typography.pxToRem(14),
    textTransform: 'uppercase',
    color: theme.palette.text.primary,
    backgroundColor: theme.palette.action.selected,
  },
  foot: { marginTop: theme.spacing(2) },
}));

function Refs(props: {
  title: string;
  refs: { name: string; commit: string }[];
  /** What one of them is, for screen readers: "branch". */
  sort: string;
  defaultName?: string;
  addressOf: ((name: string) => string) | undefined;
}) {
  const { title, refs, sort, defaultName, addressOf } = props;
  const classes = useStyles();
  const [all, setAll] = useState(false);
  const ordered = [...refs].sort(
    (a, b) => Number(b.name === defaultName) - Number(a.name === defaultName),
  );
  const shown = all ? ordered : ordered.slice(0, SHORT_LIST);

  return (
    <div className={classes.section}>
      <Typography component="h3" className={classes.heading}>
        {title} ({refs.length})
      </Typography>
      {refs.length === 0 && (
        <Typography variant="body2" className={classes.subtle}>
          none
        </Typography>
      )}
      <ul className={classes.refs} aria-label={title}>
        {shown.map(({ name, commit }) => (
          <li key={name} className={classes.ref}>
            <span className={classes.name}>
              {addressOf ? <Link to={addressOf(name)}>{name}</Link> : name}
              {name === defaultName && (
                <span className={classes.subtle}> default</span>
              )}
            </span>
            <CommitRef commit={commit} what={`the commit of ${sort} ${name}`} />
          </li>
        ))}
      </ul>
      {shown.length < refs.length && (
        <Button size="small" color="primary" onClick={() => setAll(true)}>
          Show all {refs.length}
        </Button>
      )}
    </div>
  );
}

function Contributors(props: { contributors: PluginContributor[] }) {
  const { contributors } = props;
  const classes = useStyles();
  const shown = contributors.slice(0, MANY_CONTRIBUTORS);
  return (
    <div className={classes.section}>
      <Typography component="h3" className={classes.heading}>
        Contributors ({contributors.length})
      </Typography>
      <ul className={classes.people} aria-label="Contributors">
        {shown.map(({ login, avatarUrl, url, commits }) => {
          const words = `${login}, ${commits} ${
            commits === 1 ? 'commit' : 'commits'
          }`;
          return (
            <li key={login}>
              <Link to={url} title={words} aria-label={words}>
                <Avatar
                  className={classes.avatar}
                  src={avatarUrl}
                  imgProps={{
                    alt: '',
                    loading: 'lazy',
                    referrerPolicy: 'no-referrer',
                  }}
                >
                  {login.slice(0, 1)}
                </Avatar>
              </Link>
            </li>
          );
        })}
      </ul>
      {contributors.length > shown.length && (
        <Typography variant="caption" className={classes.subtle}>
          and {contributors.length - shown.length} more
        </Typography>
      )}
    </div>
  );
}

function Facts(props: { source: PluginSource; repositoryUrl?: string }) {
  const { source, repositoryUrl } = props;
  const treeOf =
    repositoryUrl === undefined
      ? undefined
      : (name: string) => `${repositoryUrl}/tree/${encodeURI(name)}`;
  return (
    <>
      <Refs
        title="Branches"
        sort="branch"
        refs={source.branches}
        defaultName={source.defaultBranch}
        addressOf={treeOf}
      />
      <Refs title="Tags" sort="tag" refs={source.tags} addressOf={treeOf} />
      {source.contributors.length > 0 && (
        <Contributors contributors={source.contributors} />
      )}
    </>
  );
}

/** The branches and tags of a plugin's repository, and who wrote it. */
export function SourceCard() {
  const classes = useStyles();
  const { locator } = usePluginEntity();
  const { value, loading, error, refreshError, retry } =
    usePluginSource(locator);
  const { value: plugin } = usePluginDetails(locator);

  if (error) {
    return (
      <LoadFailure
        title="The source could not be shown"
        error={error}
        onRetry={retry}
      />
    );
  }
  return (
    <EntityInfoCard title="Source">
      {loading && (
        <div aria-busy="true">
          {[40, 90, 90, 40, 90].map((width, line) => (
            <Skeleton key={line} width={`${width}%`} height={28} />
          ))}
        </div>
      )}
      {value && (
        <>
          <Facts
            source={value.value}
            repositoryUrl={plugin?.repository?.value.url}
          />
          <div className={classes.foot}>
            <AsOfNote
              asOf={value.asOf}
              staleReason={value.staleReason}
              refreshError={refreshError}
            />
          </div>
        </>
      )}
    </EntityInfoCard>
  );
}
