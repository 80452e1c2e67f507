import { useCallback } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import Skeleton from '@material-ui/lab/Skeleton';
import { useApi } from '@backstage/core-plugin-api';
import { envoyGoPluginsAdministrationApiRef } from '../../api';
import {
  AdministrationFailure,
  StaleAnswerNote,
  useAdministrationChanges,
  useAnswer,
  useNow,
} from '../answers';
import { EmptyNote } from '../lists';
import { BudgetCard } from './BudgetCard';

const useStyles = makeStyles(theme => ({
  root: {
    display: 'grid',
    gap: theme.spacing(2),
    gridTemplateColumns: 'minmax(0, 1fr)',
  },
  text: { maxWidth: 760 },
}));

/** What the portal may still ask GitHub, for each of its credentials. */
export function BudgetContent() {
  const classes = useStyles();
  const api = useApi(envoyGoPluginsAdministrationApiRef);
  const ask = useCallback(() => api.getGitHubBudgets(), [api]);
  const answer = useAnswer('budgets', ask);
  const { refresh } = answer;
  useAdministrationChanges(refresh);
  const now = useNow();

  if (answer.error) {
    return (
      <AdministrationFailure
        title="The budget could not be shown"
        error={answer.error}
        onRetry={answer.retry}
      />
    );
  }
  return (
    <div className={classes.root} aria-busy={answer.loading}>
      <Typography className={classes.text}>
        GitHub lets each credential ask so many times an hour. Events and
        administrators go first, then people’s pages, then sweeps; when little
        is left, pages serve what is stored and say how old it is.
      </Typography>
      <StaleAnswerNote error={answer.refreshError} onRetry={refresh} />
      {!answer.value &&
        [1, 2].map(card => (
          <Skeleton key={card} variant="rect" height={340} aria-hidden />
        ))}
      {answer.value?.length === 0 && (
        <EmptyNote title="GitHub was not asked yet">
          As soon as the portal asks GitHub for something, what is left of the
          budget is shown here. Credentials come from{' '}
          <code>integrations.github</code>.
        </EmptyNote>
      )}
      {answer.value?.map(budget => (
        <BudgetCard
          key={`${budget.credential} ${budget.resource}`}
          budget={budget}
          now={now}
        />
      ))}
    </div>
  );
}
