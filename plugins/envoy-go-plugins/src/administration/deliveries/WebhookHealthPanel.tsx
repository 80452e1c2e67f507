import { useCallback, useState } from 'react';
import type { ComponentType } from 'react';
import Button from '@material-ui/core/Button';
import Paper from '@material-ui/core/Paper';
import type { SvgIconProps } from '@material-ui/core/SvgIcon';
import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import HealthyIcon from '@material-ui/icons/CheckCircleOutline';
import CompareIcon from '@material-ui/icons/CompareArrows';
import BrokenIcon from '@material-ui/icons/ErrorOutline';
import UnknownIcon from '@material-ui/icons/HelpOutline';
import DegradedIcon from '@material-ui/icons/ReportProblemOutlined';
import Alert from '@material-ui/lab/Alert';
import Skeleton from '@material-ui/lab/Skeleton';
import { Link } from '@backstage/core-components';
import { useApi } from '@backstage/core-plugin-api';
import { toError } from '@backstage/errors';
import type { WebhookHealth } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { readableErrorColor } from '../../accessibility';
import { envoyGoPluginsAdministrationApiRef } from '../../api';
import { RelativeTime } from '../../time';
import {
  AdministrationFailure,
  StaleAnswerNote,
  describeRefusal,
  useAdministrationChanges,
  useAnswer,
  useNow,
} from '../answers';
import { counted } from '../lists';
import {
  HEALTH_WORDS,
  PROBLEM_TITLES,
  describeComparison,
} from './webhookWords';

const ICONS: Record<WebhookHealth['state'], ComponentType<SvgIconProps>> = {
  healthy: HealthyIcon,
  degraded: DegradedIcon,
  broken: BrokenIcon,
  unknown: UnknownIcon,
};

const useStyles = makeStyles(theme => ({
  root: {
    padding: theme.spacing(2),
    marginBottom: theme.spacing(3),
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(2),
    alignItems: 'flex-start',
    justifyContent: 'space-between',
  },
  hooks: {
    flex: '1 1 320px',
    minWidth: 0,
    display: 'grid',
    gap: theme.spacing(2),
    margin: 0,
    padding: 0,
    listStyle: 'none',
  },
  hook: { display: 'flex', gap: theme.spacing(1.5) },
  icon: { flex: 'none', marginTop: 2, color: theme.palette.textSubtle },
  healthy: { color: theme.palette.type === 'dark' ? '#71CF88' : '#1b7a34' },
  bad: { color: readableErrorColor(theme) },
  title: { fontWeight: 600 },
  subtle: { color: theme.palette.textSubtle },
  problems: {
    margin: theme.spacing(1, 0, 0),
    padding: 0,
    listStyle: 'none',
    display: 'grid',
    gap: theme.spacing(1),
    maxWidth: 720,
  },
  outcome: { flexBasis: '100%' },
}));

function Webhook(props: { webhook: WebhookHealth }) {
  const { webhook } = props;
  const classes = useStyles();
  const now = useNow();
  const Icon = ICONS[webhook.state];
  const tone = {
    healthy: classes.healthy,
    broken: classes.bad,
    degraded: '',
    unknown: '',
  }[webhook.state];
  const comparison = describeComparison(webhook.lastReconcileFound);

  return (
    <li className={classes.hook}>
      <Icon className={`${classes.icon} ${tone}`} aria-hidden />
      <div>
        <Typography component="h2" className={classes.title}>
          Webhook of {webhook.organization}: {HEALTH_WORDS[webhook.state]}
        </Typography>
        <Typography variant="body2">
          {webhook.lastDelivery ? (
            <>
              Last delivery{' '}
              <RelativeTime value={webhook.lastDelivery.at} now={now} /> (
              {webhook.lastDelivery.event})
            </>
          ) : (
            'Nothing was delivered yet'
          )}
          <span className={classes.subtle}>
            {' · '}
            {webhook.lastReconciledAt ? (
              <>
                compared with GitHub{' '}
                <RelativeTime value={webhook.lastReconciledAt} now={now} />
                {comparison && `, ${comparison}`}
              </>
            ) : (
              'not yet compared with GitHub'
            )}
            {webhook.url && (
              <>
                {' · '}
                <Link to={webhook.url} underline="always">
                  Settings on {webhook.host}
                </Link>
              </>
            )}
          </span>
        </Typography>
        {webhook.problems.length > 0 && (
          <ul
            className={classes.problems}
            aria-label={`Problems of the webhook of ${webhook.organization}`}
          >
            {webhook.problems.map(problem => (
              <li key={problem.reason}>
                <Typography variant="body2">
                  <strong>{PROBLEM_TITLES[problem.reason]}.</strong>{' '}
                  {problem.message}
                  {problem.reason === 'secret-mismatch' &&
                    webhook.lastMismatchAt && (
                      <span className={classes.subtle}>
                        {' '}
                        Last seen{' '}
                        <RelativeTime
                          value={webhook.lastMismatchAt}
                          now={now}
                        />
                        .
                      </span>
                    )}
                </Typography>
              </li>
            ))}
          </ul>
        )}
      </div>
    </li>
  );
}

/** How the webhooks fare, what to do about what is wrong, and the way to compare with GitHub now. */
export function WebhookHealthPanel(props: { onCompared: () => void }) {
  const { onCompared } = props;
  const classes = useStyles();
  const api = useApi(envoyGoPluginsAdministrationApiRef);
  const ask = useCallback(() => api.getWebhooks(), [api]);
  const answer = useAnswer('webhooks', ask);
  const { refresh } = answer;
  useAdministrationChanges(refresh);
  const [comparing, setComparing] = useState(false);
  const [outcome, setOutcome] = useState<{
    severity: 'success' | 'error';
    message: string;
  }>();

  const compare = async () => {
    setComparing(true);
    setOutcome(undefined);
    try {
      const webhooks = await api.reconcileWebhooks();
      const found = webhooks.reduce(
        (sum, webhook) => sum + (webhook.lastReconcileFound ?? 0),
        0,
      );
      setOutcome({
        severity: 'success',
        message:
          found > 0
            ? `Compared with GitHub: ${counted(
                found,
                'delivery was missing and is',
                'deliveries were missing and are',
              )} fetched.`
            : 'Compared with GitHub: nothing is missing.',
      });
      refresh();
      onCompared();
    } catch (thrown) {
      setOutcome({
        severity: 'error',
        message: describeRefusal(toError(thrown)),
      });
    } finally {
      setComparing(false);
    }
  };

  if (answer.error) {
    return (
      <Paper variant="outlined" className={classes.root}>
        <div className={classes.hooks}>
          <AdministrationFailure
            title="How the webhooks fare could not be found out"
            error={answer.error}
            onRetry={answer.retry}
          />
        </div>
      </Paper>
    );
  }
  return (
    <Paper
      variant="outlined"
      className={classes.root}
      component="section"
      aria-label="Webhooks"
      aria-busy={answer.loading}
    >
      <ul className={classes.hooks}>
        {answer.value?.map(webhook => (
          <Webhook
            key={`${webhook.host}/${webhook.organization}`}
            webhook={webhook}
          />
        ))}
        {answer.value?.length === 0 && (
          <li className={classes.hook}>
            <UnknownIcon className={classes.icon} aria-hidden />
            <Typography>
              No organisation is configured, so there is no webhook to look at.
              Set <code>envoyGoPlugins.github.organization</code>.
            </Typography>
          </li>
        )}
        {!answer.value && (
          <li className={classes.hook} aria-hidden>
            <Skeleton variant="circle" width={24} height={24} />
            <div>
              <Skeleton width={260} height={24} />
              <Skeleton width={320} height={20} />
            </div>
          </li>
        )}
      </ul>
      <Button
        variant="outlined"
        color="primary"
        startIcon={<CompareIcon />}
        disabled={comparing}
        onClick={compare}
      >
        {comparing ? 'Comparing …' : 'Compare with GitHub now'}
      </Button>
      {(outcome || answer.refreshError) && (
        <div className={classes.outcome}>
          {outcome ? (
            <Alert
              severity={outcome.severity}
              variant="outlined"
              role="status"
              onClose={() => setOutcome(undefined)}
              closeText="Dismiss"
            >
              {outcome.message}
            </Alert>
          ) : (
            <StaleAnswerNote error={answer.refreshError} onRetry={refresh} />
          )}
        </div>
      )}
    </Paper>
  );
}
