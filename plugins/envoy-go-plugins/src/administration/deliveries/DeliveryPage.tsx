import { useCallback, useId, useState } from 'react';
import type { ReactNode } from 'react';
import Button from '@material-ui/core/Button';
import Paper from '@material-ui/core/Paper';
import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import BackIcon from '@material-ui/icons/ArrowBack';
import ReplayIcon from '@material-ui/icons/Replay';
import Alert from '@material-ui/lab/Alert';
import Skeleton from '@material-ui/lab/Skeleton';
import { Helmet } from 'react-helmet';
import { useLocation, useParams } from 'react-router-dom';
import { Link, LinkButton } from '@backstage/core-components';
import { useApi } from '@backstage/core-plugin-api';
import { toError } from '@backstage/errors';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import type {
  DeliveryDetails,
  DeliveryReplayResult,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { envoyGoPluginsAdministrationApiRef } from '../../api';
import { CopyButton } from '../../clipboard';
import { RelativeTime } from '../../time';
import {
  AdministrationFailure,
  StaleAnswerNote,
  describeRefusal,
  isResponseError,
  useAdministrationChanges,
  useAnswer,
  useNow,
} from '../answers';
import { EmptyNote } from '../lists';
import { TimeUntil } from '../time';
import { DeliveryBody } from './DeliveryBody';
import { DELIVERY_STATE_WORDS, DeliveryStateLabel } from './DeliveryStateLabel';
import { eventName } from './DeliveryTable';
import { ReplayOutcome } from './ReplayOutcome';

const useStyles = makeStyles(theme => ({
  root: { display: 'grid', gap: theme.spacing(2), minWidth: 0 },
  top: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(1, 2),
    alignItems: 'center',
  },
  title: { overflowWrap: 'anywhere' },
  grow: { flex: 1 },
  columns: {
    display: 'grid',
    gap: theme.spacing(2),
    gridTemplateColumns: 'minmax(0, 1fr)',
    alignItems: 'start',
    [theme.breakpoints.up('md')]: {
      gridTemplateColumns: 'minmax(0, 2fr) minmax(0, 3fr)',
    },
  },
  section: { padding: theme.spacing(2), minWidth: 0 },
  facts: {
    display: 'grid',
    gridTemplateColumns: 'max-content minmax(0, 1fr)',
    gap: theme.spacing(0.75, 2),
    margin: 0,
    '& dt': { color: theme.palette.textSubtle },
    '& dd': { margin: 0, overflowWrap: 'anywhere' },
  },
  headers: {
    margin: 0,
    fontFamily: 'monospace',
    fontSize: 13,
    '& dt': { color: theme.palette.textSubtle },
    '& dd': {
      margin: theme.spacing(0, 0, 1),
      overflowWrap: 'anywhere',
    },
  },
  effects: {
    margin: 0,
    paddingLeft: theme.spacing(2.5),
    display: 'grid',
    gap: theme.spacing(1),
  },
  subtle: { color: theme.palette.textSubtle },
  error: { whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' },
}));

function Section(props: { title: string; children: ReactNode }) {
  const classes = useStyles();
  const titleId = useId();
  return (
    <Paper
      variant="outlined"
      className={classes.section}
      component="section"
      aria-labelledby={titleId}
    >
      <Typography id={titleId} variant="h6" component="h3" gutterBottom>
        {props.title}
      </Typography>
      {props.children}
    </Paper>
  );
}

function Facts(props: { delivery: DeliveryDetails }) {
  const { delivery } = props;
  const classes = useStyles();
  const now = useNow();
  return (
    <dl className={classes.facts}>
      <dt>State</dt>
      <dd>
        <DeliveryStateLabel state={delivery.state} />
        <Typography variant="body2" className={classes.subtle}>
          {DELIVERY_STATE_WORDS[delivery.state].meaning}
        </Typography>
      </dd>
      <dt>Repository</dt>
      <dd>
        {delivery.repository ? (
          <Link
            to={`..?${new URLSearchParams({
              repository: delivery.repository,
            })}`}
            title="All deliveries of this repository"
          >
            {delivery.repository}
          </Link>
        ) : (
          'of no repository'
        )}
      </dd>
      <dt>Received</dt>
      <dd>
        <RelativeTime value={delivery.receivedAt} now={now} />
        {delivery.origin === 'reconciler' &&
          ', fetched from GitHub because it had not arrived by itself'}
      </dd>
      {delivery.settledAt && (
        <>
          <dt>Settled</dt>
          <dd>
            <RelativeTime value={delivery.settledAt} now={now} />
          </dd>
        </>
      )}
      <dt>Attempts</dt>
      <dd>
        {delivery.attempts}
        {delivery.state === 'failed' && delivery.nextAttemptAt && (
          <>
            , the next <TimeUntil value={delivery.nextAttemptAt} now={now} />
          </>
        )}
      </dd>
      <dt>Delivery</dt>
      <dd>
        {delivery.deliveryId}{' '}
        <CopyButton text={delivery.deliveryId} what="the id of the delivery" />
      </dd>
      {delivery.hookId && (
        <>
          <dt>Webhook</dt>
          <dd>{delivery.hookId}</dd>
        </>
      )}
    </dl>
  );
}

function Effects(props: { delivery: DeliveryDetails }) {
  const { delivery } = props;
  const classes = useStyles();
  const now = useNow();
  if (delivery.effects.length === 0) {
    return (
      <Typography className={classes.subtle}>
        {delivery.state === 'received' || delivery.state === 'processing'
          ? 'Nothing yet: it is not handled to the end.'
          : 'Nothing.'}
      </Typography>
    );
  }
  return (
    <ol className={classes.effects}>
      {delivery.effects.map((effect, index) => (
        <li key={index}>
          {effect.text}
          {effect.entityRef && (
            <>
              {' · '}
              <EntityRefLink entityRef={effect.entityRef} hideIcon />
            </>
          )}{' '}
          <Typography
            variant="body2"
            component="span"
            className={classes.subtle}
          >
            <RelativeTime value={effect.at} now={now} />
          </Typography>
        </li>
      ))}
    </ol>
  );
}

function DeliverySkeleton() {
  const classes = useStyles();
  return (
    <div className={classes.columns} aria-hidden>
      {[260, 420].map(height => (
        <Skeleton key={height} variant="rect" height={height} />
      ))}
    </div>
  );
}

/** A delivery, with all there is to know about it, and the way to handle it anew. */
export function DeliveryPage() {
  const { deliveryId = '' } = useParams();
  const { search } = useLocation();
  const classes = useStyles();
  const api = useApi(envoyGoPluginsAdministrationApiRef);
  const ask = useCallback((id: string) => api.getDelivery(id), [api]);
  const answer = useAnswer(deliveryId, ask);
  const { refresh } = answer;
  useAdministrationChanges(refresh);
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<DeliveryReplayResult>();
  const [refusal, setRefusal] = useState<Error>();
  const delivery =
    answer.value?.deliveryId === deliveryId ? answer.value : undefined;

  const replay = async () => {
    setBusy(true);
    setOutcome(undefined);
    setRefusal(undefined);
    try {
      setOutcome(await api.replayDeliveries({ deliveryIds: [deliveryId] }));
      refresh();
    } catch (thrown) {
      setRefusal(toError(thrown));
    } finally {
      setBusy(false);
    }
  };

  const forgotten =
    answer.error &&
    isResponseError(answer.error) &&
    answer.error.statusCode === 404;

  return (
    <div className={classes.root} aria-busy={answer.loading}>
      <Helmet
        title={`${delivery ? eventName(delivery) : 'Delivery'} · Deliveries`}
      />
      <div>
        <LinkButton to={`..${search}`} size="small" startIcon={<BackIcon />}>
          All deliveries
        </LinkButton>
      </div>
      <div className={classes.top}>
        <Typography variant="h5" component="h2" className={classes.title}>
          {delivery ? (
            eventName(delivery)
          ) : (
            <>{answer.error ? 'Delivery' : <Skeleton width={200} />}</>
          )}
        </Typography>
        <span className={classes.grow} />
        <Button
          variant="outlined"
          color="primary"
          startIcon={<ReplayIcon />}
          disabled={!delivery || busy}
          onClick={replay}
        >
          {busy ? 'Replaying …' : 'Replay'}
        </Button>
      </div>
      {outcome && (
        <ReplayOutcome result={outcome} onClose={() => setOutcome(undefined)} />
      )}
      {refusal && (
        <Alert severity="error" variant="outlined">
          {describeRefusal(refusal)}
        </Alert>
      )}
      <StaleAnswerNote error={answer.refreshError} onRetry={refresh} />
      {forgotten && (
        <EmptyNote title="This delivery is not here">
          There is no delivery {deliveryId}: old ones are forgotten after a
          while, or the address is not complete.
        </EmptyNote>
      )}
      {answer.error && !forgotten && (
        <AdministrationFailure
          title="The delivery could not be shown"
          error={answer.error}
          onRetry={answer.retry}
        />
      )}
      {!delivery && !answer.error && <DeliverySkeleton />}
      {delivery && (
        <>
          {delivery.error && (
            <Alert
              severity={delivery.state === 'dead' ? 'error' : 'warning'}
              variant="outlined"
              role="note"
            >
              <span className={classes.error}>
                Attempt {delivery.attempts} failed: {delivery.error}
              </span>
            </Alert>
          )}
          <div className={classes.columns}>
            <div className={classes.root}>
              <Section title="About">
                <Facts delivery={delivery} />
              </Section>
              <Section title="What it caused">
                <Effects delivery={delivery} />
              </Section>
              <Section title="Headers">
                <dl className={classes.headers}>
                  {Object.entries(delivery.headers)
                    .sort(([a], [b]) => a.localeCompare(b))
                    .map(([name, value]) => (
                      <div key={name}>
                        <dt>{name}</dt>
                        <dd>{value}</dd>
                      </div>
                    ))}
                </dl>
              </Section>
            </div>
            <Section title="Body">
              <DeliveryBody body={delivery.body} />
            </Section>
          </div>
        </>
      )}
    </div>
  );
}
