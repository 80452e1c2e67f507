import { makeStyles } from '@material-ui/core/styles';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { Link } from '@backstage/core-components';
import { useRouteRef } from '@backstage/core-plugin-api';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import { ENVOY_GO_PLUGIN_KIND } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Build } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { CommitRef } from '../../commits';
import { publishingRouteRef } from '../../routes';
import { RelativeTime } from '../../time';
import { DigestRef } from '../../versions/DigestRef';
import { formatBytes } from '../../versions/formatBytes';
import { BUILD_KIND_WORDS } from '../words';

const useStyles = makeStyles(theme => ({
  root: {
    display: 'grid',
    gridTemplateColumns: 'max-content minmax(0, 1fr)',
    gap: theme.spacing(0.75, 2),
    margin: 0,
    alignItems: 'baseline',
    '& dt': { color: theme.palette.textSubtle },
    '& dd': { margin: 0, overflowWrap: 'anywhere' },
  },
  block: { display: 'block' },
}));

function Asker(props: { requestedBy: string }) {
  return props.requestedBy === 'system' ? (
    <>the portal</>
  ) : (
    <EntityRefLink entityRef={props.requestedBy} defaultKind="user" hideIcon />
  );
}

/** What is built, why, by which runner, and what came out. */
export function BuildFacts(props: { build: Build }) {
  const { build } = props;
  const classes = useStyles();
  const publishing = useRouteRef(publishingRouteRef)();
  return (
    <dl className={classes.root}>
      {build.kind !== 'request' && (
        <>
          <dt>Plugin</dt>
          <dd>
            <EntityRefLink
              entityRef={stringifyEntityRef({
                kind: ENVOY_GO_PLUGIN_KIND,
                ...build.plugin,
              })}
              hideIcon
            />
          </dd>
        </>
      )}
      <dt>Why</dt>
      <dd>
        {BUILD_KIND_WORDS[build.kind].why}
        {build.requestReason && `: ${build.requestReason}`}
        {build.requestId && (
          <Link
            to={`${publishing}/${encodeURIComponent(build.requestId)}`}
            className={classes.block}
          >
            The request
          </Link>
        )}
      </dd>
      <dt>Asked for</dt>
      <dd>
        <RelativeTime value={build.createdAt} /> by{' '}
        <Asker requestedBy={build.requestedBy} />
      </dd>
      <dt>Repository</dt>
      <dd>{build.repository}</dd>
      {build.tag && (
        <>
          <dt>Tag</dt>
          <dd>{build.tag}</dd>
        </>
      )}
      <dt>Commit</dt>
      <dd>
        <CommitRef commit={build.commit} what="the commit" />
        <Link to={build.commitUrl} className={classes.block}>
          Source at this commit
        </Link>
      </dd>
      {build.runner && (
        <>
          <dt>Runner</dt>
          <dd>{build.runner}</dd>
        </>
      )}
      {build.attempts > 0 && (
        <>
          <dt>Attempts</dt>
          <dd>{build.attempts}</dd>
        </>
      )}
      {build.startedAt && (
        <>
          <dt>Begun</dt>
          <dd>
            <RelativeTime value={build.startedAt} />
          </dd>
        </>
      )}
      {build.endedAt && (
        <>
          <dt>Over</dt>
          <dd>
            <RelativeTime value={build.endedAt} />
          </dd>
        </>
      )}
      {build.go && (
        <>
          <dt>Go</dt>
          <dd>{build.go}</dd>
        </>
      )}
      {build.libraries.map(({ platform, digest, bytes }) => (
        <div key={platform} style={{ display: 'contents' }}>
          <dt>{platform}</dt>
          <dd>
            {formatBytes(bytes)}{' '}
            <DigestRef
              digest={digest}
              what={`the digest of the library for ${platform}`}
            />
          </dd>
        </div>
      ))}
      {build.image && (
        <>
          <dt>Image</dt>
          <dd>
            <DigestRef digest={build.image} what="the image" />
          </dd>
        </>
      )}
    </dl>
  );
}
