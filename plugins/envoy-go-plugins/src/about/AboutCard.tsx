import type { ReactNode } from 'react';
import Button from '@material-ui/core/Button';
import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import Skeleton from '@material-ui/lab/Skeleton';
import { Link, LinkButton } from '@backstage/core-components';
import { EntityInfoCard, EntityRefLink } from '@backstage/plugin-catalog-react';
import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import { ENVOY_GO_PLUGIN_KIND } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { CopyButton } from '../clipboard';
import { AsOfNote, describeFailure, reasonOf } from '../feedback';
import { DeprecationNotice } from '../management/notices';
import { PluginNotices } from '../notices';
import { usePluginEntity } from '../plugin-entity';
import { usePluginDetails } from '../plugin-facts';
import { StarButton, useStar } from '../star';
import { RelativeTime } from '../time';
import { VerifiedLabel } from '../verified/VerifiedLabel';
import {
  LifecycleBadge,
  Stars,
  VisibilityBadge,
  claimedMinors,
  runtimeLabel,
} from '../vocabulary';

const useStyles = makeStyles(theme => ({
  facts: {
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fill, minmax(112px, 1fr))',
    gap: theme.spacing(2),
    margin: 0,
  },
  fact: { minWidth: 0 },
  term: {
    color: theme.palette.textSubtle,
    fontSize: theme.typography.pxToRem(12),
    fontWeight: 500,
    marginBottom: theme.spacing(0.25),
  },
  value: {
    margin: 0,
    fontSize: theme.typography.pxToRem(14),
    overflowWrap: 'anywhere',
    minHeight: 24,
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: theme.spacing(0.5),
  },
  unknown: { color: theme.palette.textSubtle },
  actions: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(1),
    marginBottom: theme.spacing(2.5),
  },
  use: { flex: '1 1 160px' },
  refused: { flexBasis: '100%' },
  badges: { display: 'flex', flexWrap: 'wrap', gap: theme.spacing(0.5) },
  note: { marginTop: theme.spacing(2) },
}));

function Fact(props: { term: string; children: ReactNode }) {
  const classes = useStyles();
  return (
    <div className={classes.fact}>
      <dt className={classes.term}>{props.term}</dt>
      <dd className={classes.value}>{props.children}</dd>
    </div>
  );
}

/** Links to the other plugins that an order names, by name or by entity ref. */
function PluginRefs(props: { refs: string[]; namespace: string }) {
  return (
    <>
      {props.refs.map(ref => (
        <EntityRefLink
          key={ref}
          hideIcon
          entityRef={stringifyEntityRef(
            parseEntityRef(ref, {
              defaultKind: ENVOY_GO_PLUGIN_KIND,
              defaultNamespace: props.namespace,
            }),
          )}
          defaultKind={ENVOY_GO_PLUGIN_KIND}
        />
      ))}
    </>
  );
}

/** What a plugin is, from its description in the catalog, and what GitHub says of its repository. */
export function AboutCard() {
  const classes = useStyles();
  const { entity, locator, configurationPath, versionsPath } =
    usePluginEntity();
  const {
    value,
    loading: waiting,
    error,
    refreshError,
    retry,
  } = usePluginDetails(locator);
  const { spec } = entity;
  const repository = value?.repository?.value;
  const star = useStar(
    locator,
    repository && !repository.deletedAt
      ? { url: repository.url, stars: value?.stars ?? repository.stars }
      : undefined,
  );

  const fromGitHub = (known: ReactNode, otherwise: string) => {
    if (waiting) {
      return <Skeleton width={80} />;
    }
    return known ?? <span className={classes.unknown}>{otherwise}</span>;
  };

  const orders = [
    { term: 'Runs before', refs: spec.order?.before ?? [] },
    { term: 'Runs after', refs: spec.order?.after ?? [] },
    { term: 'Conflicts with', refs: spec.order?.conflictsWith ?? [] },
  ].filter(({ refs }) => refs.length > 0);

  return (
    <EntityInfoCard
      title="This plugin"
      headerActions={
        <span className={classes.badges}>
          <VerifiedLabel verified={value?.verified} />
          <VisibilityBadge visibility={repository?.visibility} />
          <LifecycleBadge lifecycle={spec.lifecycle} />
        </span>
      }
    >
      <DeprecationNotice />
      <PluginNotices
        plugin={locator}
        repository={value?.repository}
        versionsPath={versionsPath}
      />
      <div className={classes.actions}>
        <LinkButton
          to={configurationPath}
          variant="contained"
          color="primary"
          className={classes.use}
        >
          Use this plugin
        </LinkButton>
        {star && <StarButton star={star} />}
        {star?.error && (
          <Typography variant="body2" role="alert" className={classes.refused}>
            Your star on GitHub is as it was. {reasonOf(star.error)}
          </Typography>
        )}
      </div>
      <dl className={classes.facts}>
        <Fact term="Category">{spec.category}</Fact>
        <Fact term="Runtime">{runtimeLabel(spec.runtime)}</Fact>
        <Fact term="Filter name">
          <code>{spec.filterName}</code>
          <CopyButton text={spec.filterName} what="the filter name" />
        </Fact>
        <Fact term="Claims Envoy">
          <code>{spec.envoy}</code>
          {value && value.envoyVersions.length > 0 && (
            <span className={classes.unknown}>({claimedMinors(value)})</span>
          )}
        </Fact>
        <Fact term="Latest release">
          {fromGitHub(
            value?.latestRelease && (
              <span>
                {value.latestRelease.tag},{' '}
                <RelativeTime value={value.latestRelease.publishedAt} />
              </span>
            ),
            'none yet',
          )}
        </Fact>
        {!star && (
          <Fact term="Stars">
            {fromGitHub(
              value?.stars !== undefined ? (
                <Stars count={value.stars} />
              ) : undefined,
              'not known yet',
            )}
          </Fact>
        )}
        <Fact term="Licence">
          {fromGitHub(
            repository?.license,
            repository ? 'none' : 'not known yet',
          )}
        </Fact>
        <Fact term="Repository">
          {fromGitHub(
            repository && (
              <>
                <Link to={repository.url}>{repository.slug}</Link>
                {repository.archived && (
                  <span className={classes.unknown}>(archived)</span>
                )}
              </>
            ),
            entity.metadata.annotations?.['github.com/project-slug'] ??
              'not known yet',
          )}
        </Fact>
        <Fact term="Last push">
          {fromGitHub(
            repository?.pushedAt && (
              <RelativeTime value={repository.pushedAt} />
            ),
            'not known yet',
          )}
        </Fact>
        <Fact term="Open issues">
          {fromGitHub(repository?.openIssues, 'not known yet')}
        </Fact>
        <Fact term="Open pull requests">
          {fromGitHub(repository?.openPullRequests, 'not known yet')}
        </Fact>
        {orders.map(({ term, refs }) => (
          <Fact key={term} term={term}>
            <PluginRefs refs={refs} namespace={locator.namespace} />
          </Fact>
        ))}
      </dl>
      <div className={classes.note}>
        {waiting && <Skeleton width={110} height={20} />}
        {value?.repository && (
          <AsOfNote
            asOf={value.repository.asOf}
            staleReason={value.repository.staleReason}
            refreshError={refreshError}
          />
        )}
        {error && (
          <div role="alert">
            <Typography variant="body2" gutterBottom>
              What GitHub says of this plugin could not be read.{' '}
              {describeFailure(error).sentence}
            </Typography>
            <Button size="small" variant="outlined" onClick={retry}>
              Retry
            </Button>
          </div>
        )}
      </div>
    </EntityInfoCard>
  );
}
