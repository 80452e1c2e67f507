import { makeStyles } from '@material-ui/core/styles';
import Paper from '@material-ui/core/Paper';
import Typography from '@material-ui/core/Typography';
import CommentIcon from '@material-ui/icons/ModeCommentOutlined';
import IssueIcon from '@material-ui/icons/AdjustOutlined';
import PullRequestIcon from '@material-ui/icons/CallMerge';
import Skeleton from '@material-ui/lab/Skeleton';
import { Link, LinkButton } from '@backstage/core-components';
import type { PluginDiscussion } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { VisuallyHidden } from '../accessibility';
import { AsOfNote, LoadFailure } from '../feedback';
import { usePluginEntity } from '../plugin-entity';
import { usePluginDetails, usePluginDiscussions } from '../plugin-facts';
import { RelativeTime } from '../time';

const HEX_COLOR = /^[0-9a-f]{6}$/i;

const useStyles = makeStyles(theme => ({
  head: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(2),
    alignItems: 'center',
    justifyContent: 'space-between',
    marginBottom: theme.spacing(2),
  },
  list: { listStyle: 'none', margin: 0, padding: 0 },
  item: {
    display: 'flex',
    gap: theme.spacing(1.5),
    padding: theme.spacing(1.5, 2),
    '& + &': { borderTop: `1px solid ${theme.palette.divider}` },
  },
  icon: { flex: 'none', color: theme.palette.textSubtle },
  body: { flex: 1, minWidth: 0, overflowWrap: 'anywhere' },
  title: { fontWeight: 600 },
  labels: {
    display: 'inline-flex',
    flexWrap: 'wrap',
    gap: theme.spacing(0.5),
    marginLeft: theme.spacing(1),
    verticalAlign: 'middle',
  },
  label: {
    display: 'inline-flex',
    alignItems: 'center',
    gap: theme.spacing(0.5),
    padding: theme.spacing(0, 1),
    borderRadius: 10,
    border: `1px solid ${theme.palette.divider}`,
    fontSize: theme.typography.caption.fontSize,
    lineHeight: '18px',
  },
  dot: { width: 8, height: 8, borderRadius: '50%' },
  subtle: { color: theme.palette.textSubtle },
  comments: {
    display: 'inline-flex',
    alignItems: 'center',
    gap: theme.spacing(0.5),
    alignSelf: 'flex-start',
    whiteSpace: 'nowrap',
  },
  small: { fontSize: 16 },
  empty: { padding: theme.spacing(4) },
  foot: { marginTop: theme.spacing(2) },
}));

function Discussion(props: { discussion: PluginDiscussion }) {
  const { discussion } = props;
  const classes = useStyles();
  const pullRequest = discussion.type === 'pull-request';
  const Icon = pullRequest ? PullRequestIcon : IssueIcon;
  const sort = pullRequest ? 'pull request' : 'issue';

  return (
    <li className={classes.item}>
      <Icon className={classes.icon} aria-hidden />
      <div className={classes.body}>
        <Link to={discussion.url} className={classes.title}>
          {discussion.title}
        </Link>{' '}
        {discussion.labels.length > 0 && (
          <span className={classes.labels}>
            {discussion.labels.map(label => (
              <span key={label.name} className={classes.label}>
                {HEX_COLOR.test(label.color) && (
                  <span
                    className={classes.dot}
                    style={{ backgroundColor: `#${label.color}` }}
                  />
                )}
                {label.name}
              </span>
            ))}
          </span>
        )}
        <Typography variant="body2" className={classes.subtle}>
          {discussion.draft ? `draft ${sort}` : sort} #{discussion.number}{' '}
          opened <RelativeTime value={discussion.createdAt} /> by{' '}
          {discussion.author}
        </Typography>
      </div>
      {discussion.comments > 0 && (
        <span className={`${classes.comments} ${classes.subtle}`}>
          <CommentIcon className={classes.small} aria-hidden />
          {discussion.comments}{' '}
          <VisuallyHidden>
            {discussion.comments === 1 ? 'comment' : 'comments'}
          </VisuallyHidden>
        </span>
      )}
    </li>
  );
}

function countSentence(discussions: PluginDiscussion[]): string {
  const pulls = discussions.filter(one => one.type === 'pull-request').length;
  const issues = discussions.length - pulls;
  return `${issues} open ${issues === 1 ? 'issue' : 'issues'}, ${pulls} open ${
    pulls === 1 ? 'pull request' : 'pull requests'
  }`;
}

/** The open issues and pull requests of a plugin's repository, which are the place to talk about it. */
export function DiscussionsContent() {
  const classes = useStyles();
  const { locator } = usePluginEntity();
  const { value, error, refreshError, retry } = usePluginDiscussions(locator);
  const { value: plugin } = usePluginDetails(locator);
  const repositoryUrl = plugin?.repository?.value.url;

  if (error) {
    return (
      <LoadFailure
        title="The discussions could not be listed"
        error={error}
        onRetry={retry}
      />
    );
  }
  const discussions = value?.value;

  return (
    <>
      <div className={classes.head}>
        <Typography role="status">
          {discussions ? countSentence(discussions) : <Skeleton width={220} />}
        </Typography>
        {repositoryUrl && (
          <LinkButton
            to={`${repositoryUrl}/issues/new`}
            variant="outlined"
            color="primary"
          >
            Write an issue
          </LinkButton>
        )}
      </div>
      {discussions?.length === 0 && (
        <Paper variant="outlined" className={classes.empty}>
          <Typography variant="h6" component="h2" gutterBottom>
            Nothing is being discussed
          </Typography>
          <Typography>
            Questions, faults and wishes go to the repository’s issues on
            GitHub; open ones, and open pull requests, are listed here.
          </Typography>
        </Paper>
      )}
      {discussions?.length !== 0 && (
        <Paper variant="outlined">
          <ul
            className={classes.list}
            aria-label="Open issues and pull requests"
            aria-busy={!discussions}
          >
            {discussions
              ? discussions.map(discussion => (
                  <Discussion
                    key={`${discussion.type} ${discussion.number}`}
                    discussion={discussion}
                  />
                ))
              : [1, 2, 3].map(row => (
                  <li key={row} className={classes.item}>
                    <Skeleton width="100%" height={42} />
                  </li>
                ))}
          </ul>
        </Paper>
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
    </>
  );
}
