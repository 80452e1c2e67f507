import { makeStyles, useTheme } from '@material-ui/core/styles';
import type { Theme } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import CommentIcon from '@material-ui/icons/ChatBubbleOutline';
import StateIcon from '@material-ui/icons/FiberManualRecord';
import ApprovedIcon from '@material-ui/icons/ThumbUpOutlined';
import ChangesIcon from '@material-ui/icons/RateReviewOutlined';
import RejectedIcon from '@material-ui/icons/Block';
import { Link } from '@backstage/core-components';
import type {
  PublishDecisionKind,
  PublishRequest,
  PublishTimelineEntry,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { RepositoryMarkdown } from '../../readme';
import { RelativeTime } from '../../time';
import { REQUEST_STATE_WORDS, toneColor } from '../words';
import { Person } from './Person';

const useStyles = makeStyles(theme => ({
  root: { listStyle: 'none', margin: 0, padding: 0 },
  entry: {
    position: 'relative',
    display: 'grid',
    gridTemplateColumns: '24px minmax(0, 1fr)',
    gap: theme.spacing(0, 1.5),
    paddingBottom: theme.spacing(2),
    '&:not(:last-child)::before': {
      content: '""',
      position: 'absolute',
      left: 11,
      top: 24,
      bottom: 0,
      borderLeft: `2px solid ${theme.palette.divider}`,
    },
    '&:last-child': { paddingBottom: 0 },
  },
  icon: { fontSize: 20, margin: '2px' },
  dot: { fontSize: 12, margin: '6px' },
  head: { overflowWrap: 'anywhere' },
  subtle: { color: theme.palette.textSubtle },
  bubble: {
    marginTop: theme.spacing(0.75),
    padding: theme.spacing(1.5, 2),
    border: `1px solid ${theme.palette.divider}`,
    borderRadius: theme.shape.borderRadius,
    minWidth: 0,
  },
}));

const DECISION_WORDS: Record<PublishDecisionKind, string> = {
  approve: 'approved',
  'request-changes': 'asked for changes',
  reject: 'rejected it',
};

function Icon(props: { entry: PublishTimelineEntry }) {
  const { kind, decision, state } = props.entry;
  const classes = useStyles();
  const theme: Theme = useTheme();
  if (kind === 'comment') {
    return (
      <CommentIcon
        aria-hidden
        className={classes.icon}
        style={{ color: toneColor(theme, 'neutral') }}
      />
    );
  }
  if (kind === 'decision' && decision) {
    const [Shown, tone] = {
      approve: [ApprovedIcon, 'good'] as const,
      'request-changes': [ChangesIcon, 'caution'] as const,
      reject: [RejectedIcon, 'bad'] as const,
    }[decision];
    return (
      <Shown
        aria-hidden
        className={classes.icon}
        style={{ color: toneColor(theme, tone) }}
      />
    );
  }
  return (
    <StateIcon
      aria-hidden
      className={classes.dot}
      style={{
        color: toneColor(
          theme,
          state ? REQUEST_STATE_WORDS[state].tone : 'neutral',
        ),
      }}
    />
  );
}

/** What happened to a request, oldest first: its states, decisions, comments and steps. */
export function RequestTimeline(props: { request: PublishRequest }) {
  const { timeline, host, commitUrl, repositoryUrl, commit } = props.request;
  const classes = useStyles();
  return (
    <ol className={classes.root} aria-label="What happened">
      {timeline.map(entry => {
        const quoted = entry.kind === 'comment' || entry.kind === 'decision';
        return (
          <li key={entry.id} className={classes.entry}>
            <Icon entry={entry} />
            <div>
              <Typography
                variant="body2"
                component="div"
                className={classes.head}
              >
                <Person actor={entry.actor} host={host} />
                {quoted ? (
                  <>
                    {' '}
                    {entry.decision
                      ? DECISION_WORDS[entry.decision]
                      : 'commented'}
                  </>
                ) : (
                  <>: {entry.text}</>
                )}
                <span className={classes.subtle}>
                  {' · '}
                  <RelativeTime value={entry.at} />
                </span>
                {entry.url && (
                  <>
                    {' · '}
                    <Link to={entry.url} underline="always">
                      on GitHub
                    </Link>
                  </>
                )}
              </Typography>
              {quoted && entry.text && (
                <div className={classes.bubble}>
                  <RepositoryMarkdown
                    content={entry.text}
                    url={commitUrl}
                    rawUrl={`${repositoryUrl}/raw/${commit}/`}
                  />
                </div>
              )}
            </div>
          </li>
        );
      })}
    </ol>
  );
}
