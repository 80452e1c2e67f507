import { makeStyles } from '@material-ui/core/styles';
import { parseEntityRef } from '@backstage/catalog-model';
import { Link } from '@backstage/core-components';
import type { PublishRequest } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { CommitRef } from '../../commits';
import { RelativeTime } from '../../time';
import { Person } from './Person';

const useStyles = makeStyles(theme => ({
  root: {
    display: 'grid',
    gridTemplateColumns: 'max-content minmax(0, 1fr)',
    gap: theme.spacing(0.75, 2),
    margin: 0,
    '& dt': { color: theme.palette.textSubtle },
    '& dd': { margin: 0, overflowWrap: 'anywhere' },
  },
  block: { display: 'block' },
}));

/** What a request is about. */
export function RequestFacts(props: { request: PublishRequest }) {
  const { request } = props;
  const classes = useStyles();
  return (
    <dl className={classes.root}>
      <dt>Repository</dt>
      <dd>
        <Link to={request.repositoryUrl}>{request.repository}</Link>
      </dd>
      <dt>{request.state === 'published' ? 'Is now' : 'Becomes'}</dt>
      <dd>{request.target}</dd>
      <dt>Author</dt>
      <dd>
        <Person actor={request.author} host={request.host} />
        {parseEntityRef(request.author, { defaultKind: 'user' }).name !==
          request.authorLogin.toLocaleLowerCase('en-US') &&
          `, ${request.authorLogin} on GitHub`}
      </dd>
      <dt>Commit</dt>
      <dd>
        <CommitRef
          commit={request.commit}
          what={`the commit of ${request.repository}`}
        />
        <Link to={request.commitUrl} className={classes.block}>
          Source at this commit
        </Link>
      </dd>
      <dt>Branch</dt>
      <dd>{request.branch}</dd>
      <dt>Asked for</dt>
      <dd>
        <RelativeTime value={request.createdAt} />
      </dd>
      {request.submittedAt && (
        <>
          <dt>Submitted</dt>
          <dd>
            <RelativeTime value={request.submittedAt} />
          </dd>
        </>
      )}
      {request.submittedAt && (
        <>
          <dt>Approvals</dt>
          <dd>
            {request.approvals} of {request.neededApprovals}
          </dd>
        </>
      )}
      {request.discussionUrl && (
        <>
          <dt>Discussion</dt>
          <dd>
            <Link to={request.discussionUrl}>Issue on GitHub</Link>
          </dd>
        </>
      )}
    </dl>
  );
}
