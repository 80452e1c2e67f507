import { useCallback, useState } from 'react';
import Button from '@material-ui/core/Button';
import Paper from '@material-ui/core/Paper';
import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import LockIcon from '@material-ui/icons/LockOutlined';
import Skeleton from '@material-ui/lab/Skeleton';
import { Link, LinkButton } from '@backstage/core-components';
import { useApi } from '@backstage/core-plugin-api';
import type {
  InOwnName,
  PublishCandidate,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { envoyGoPluginsPublishingApiRef } from '../../api';
import { StaleAnswerNote, useAnswer } from '../../administration/answers';
import { EmptyNote, counted } from '../../administration/lists';
import { SearchField } from '../../marketplace/SearchField';
import { RelativeTime } from '../../time';
import { PublishingFailure } from '../answers';

/** How many are shown until all are asked for. */
const SHOWN = 20;

const useStyles = makeStyles(theme => ({
  root: { display: 'grid', gap: theme.spacing(1.5), minWidth: 0 },
  list: { listStyle: 'none', margin: 0, padding: 0 },
  row: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(1, 2),
    alignItems: 'center',
    padding: theme.spacing(1.25, 2),
    minHeight: 64,
    '& + &': { borderTop: `1px solid ${theme.palette.divider}` },
  },
  about: { flex: '1 1 260px', minWidth: 0, overflowWrap: 'anywhere' },
  private: {
    display: 'inline-flex',
    alignItems: 'center',
    gap: 4,
    marginLeft: theme.spacing(1),
    verticalAlign: 'bottom',
    color: theme.palette.textSubtle,
    fontSize: theme.typography.body2.fontSize,
    '& svg': { fontSize: 16 },
  },
  subtle: { color: theme.palette.textSubtle },
  all: { justifySelf: 'start' },
}));

function Candidate(props: {
  candidate: PublishCandidate;
  busy: boolean;
  disabled: boolean;
  onChoose: () => void;
}) {
  const { candidate, busy, disabled, onChoose } = props;
  const classes = useStyles();
  const { requestId, obstacle } = candidate;
  return (
    <li className={classes.row}>
      <div className={classes.about}>
        <Link to={candidate.url}>{candidate.repository}</Link>
        {candidate.private && (
          <span className={classes.private}>
            <LockIcon aria-hidden />
            private
          </span>
        )}
        {(candidate.description || obstacle) && (
          <Typography variant="body2">
            {obstacle ?? candidate.description}
          </Typography>
        )}
        {candidate.pushedAt && (
          <Typography
            variant="body2"
            component="div"
            className={classes.subtle}
          >
            last push <RelativeTime value={candidate.pushedAt} />
          </Typography>
        )}
      </div>
      {requestId && (
        <LinkButton
          to={`../${encodeURIComponent(requestId)}`}
          size="small"
          aria-label={`Open the request for ${candidate.repository}`}
        >
          Open the request
        </LinkButton>
      )}
      {!requestId && !obstacle && (
        <Button
          size="small"
          variant="outlined"
          color="primary"
          disabled={disabled}
          onClick={onChoose}
          aria-label={`Choose ${candidate.repository}`}
        >
          {busy ? 'Asking …' : 'Choose'}
        </Button>
      )}
    </li>
  );
}

/** The reader's own repositories, to choose one of. */
export function CandidateList(props: {
  ownName: InOwnName;
  text: string;
  onSearch: (text: string, options: { replace: boolean }) => void;
  /** The address of the one that is being asked for. */
  choosing: string | undefined;
  disabled: boolean;
  onChoose: (repositoryUrl: string) => void;
}) {
  const { ownName, text, onSearch, choosing, disabled, onChoose } = props;
  const classes = useStyles();
  const api = useApi(envoyGoPluginsPublishingApiRef);
  const ask = useCallback(
    () => api.listPublishCandidates(ownName),
    [api, ownName],
  );
  const answer = useAnswer('candidates', ask);
  const [all, setAll] = useState(false);
  const list = answer.value;

  if (answer.error) {
    return (
      <PublishingFailure
        title="Your repositories could not be listed"
        error={answer.error}
        onRetry={answer.retry}
      />
    );
  }
  if (!list) {
    return (
      <Paper variant="outlined" aria-hidden>
        {[70, 55, 80, 60].map(width => (
          <div key={width} className={classes.row}>
            <div className={classes.about}>
              <Skeleton width={`${width}%`} />
              <Skeleton width={120} />
            </div>
          </div>
        ))}
      </Paper>
    );
  }
  if (list.items.length === 0) {
    return (
      <EmptyNote title="No repository of yours">
        GitHub shows the portal none that you are an administrator of. Create a
        filter first, or paste the address of a repository above.
      </EmptyNote>
    );
  }
  const wanted = text.toLocaleLowerCase('en-US');
  const found = list.items.filter(({ repository, description }) =>
    `${repository}\n${description ?? ''}`
      .toLocaleLowerCase('en-US')
      .includes(wanted),
  );
  const shown = all ? found : found.slice(0, SHOWN);
  return (
    <div className={classes.root}>
      <SearchField
        text={text}
        label="Search my repositories"
        placeholder="Search by name or description …"
        onSearch={onSearch}
      />
      <Typography variant="body2" role="status" className={classes.subtle}>
        {wanted
          ? `${found.length} of ${counted(
              list.items.length,
              'repository',
              'repositories',
            )}`
          : counted(list.items.length, 'repository', 'repositories')}
        {list.truncated &&
          ', those pushed to last; paste the address of any other above'}
      </Typography>
      <StaleAnswerNote error={answer.refreshError} onRetry={answer.refresh} />
      {found.length === 0 ? (
        <EmptyNote onClearFilters={() => onSearch('', { replace: true })}>
          None of your repositories matches <em>{text}</em>.
        </EmptyNote>
      ) : (
        <Paper variant="outlined">
          <ul className={classes.list} aria-label="My repositories">
            {shown.map(candidate => (
              <Candidate
                key={candidate.repositoryId}
                candidate={candidate}
                busy={choosing === candidate.url}
                disabled={disabled}
                onChoose={() => onChoose(candidate.url)}
              />
            ))}
          </ul>
        </Paper>
      )}
      {shown.length < found.length && (
        <Button className={classes.all} onClick={() => setAll(true)}>
          Show all {found.length}
        </Button>
      )}
    </div>
  );
}
