import { useCallback, useMemo, useState } from 'react';
import Button from '@material-ui/core/Button';
import { makeStyles } from '@material-ui/core/styles';
import ReplayIcon from '@material-ui/icons/Replay';
import Typography from '@material-ui/core/Typography';
import { useApi } from '@backstage/core-plugin-api';
import type {
  DeliveryReplayRequest,
  DeliveryReplayResult,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { envoyGoPluginsAdministrationApiRef } from '../../api';
import { SearchField } from '../../marketplace/SearchField';
import { useAdministrationChanges, useAnswer } from '../answers';
import {
  ConfirmDialog,
  EmptyNote,
  FilterChips,
  FilterPanel,
  ListAnswer,
  TimeRangeField,
  counted,
  toggled,
  toggledOf,
  useAddressState,
  useLastPage,
} from '../lists';
import { DELIVERY_STATE_WORDS } from './DeliveryStateLabel';
import { DeliveryTable } from './DeliveryTable';
import { ReplayOutcome } from './ReplayOutcome';
import { RepositoryFilter } from './RepositoryFilter';
import { WebhookHealthPanel } from './WebhookHealthPanel';
import {
  DELIVERY_STATES,
  deliveryListAddress,
  isNarrowed,
  toDeliveryFilter,
  toDeliveryQuery,
} from './deliveryListState';
import type { DeliveryListState } from './deliveryListState';

const NOUN = { one: 'delivery', many: 'deliveries' };

const useStyles = makeStyles(theme => ({
  actions: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(1),
    alignItems: 'center',
  },
  outcome: { marginBottom: theme.spacing(2) },
}));

/** What is to be replayed once it is confirmed. */
interface WantedReplay {
  title: string;
  request: DeliveryReplayRequest;
}

/** The deliveries of GitHub: how the webhook fares, what came in, and what became of it. */
export function DeliveriesContent() {
  const classes = useStyles();
  const api = useApi(envoyGoPluginsAdministrationApiRef);
  const [state, change] = useAddressState(deliveryListAddress);
  const ask = useCallback(
    (question: DeliveryListState) =>
      api.listDeliveries(toDeliveryQuery(question)),
    [api],
  );
  const answer = useAnswer(state, ask);
  const { value: list, refresh } = answer;
  useAdministrationChanges(refresh);
  useLastPage(state.page, answer, change);

  const [selection, setSelection] = useState<ReadonlySet<string>>(new Set());
  const [wanted, setWanted] = useState<WantedReplay>();
  const [outcome, setOutcome] = useState<DeliveryReplayResult>();

  const onSelect = (ids: string[], selected: boolean) =>
    setSelection(current => {
      const next = new Set(current);
      ids.forEach(id => (selected ? next.add(id) : next.delete(id)));
      return next;
    });

  const replay = async (request: DeliveryReplayRequest) => {
    setOutcome(await api.replayDeliveries(request));
    setSelection(new Set());
    refresh();
  };

  const set = (
    part: Partial<DeliveryListState>,
    options?: { replace?: boolean },
  ) => change(current => ({ ...current, ...part, page: 1 }), options);

  const stateOptions = useMemo(() => {
    if (!list) {
      return undefined;
    }
    const counts = new Map(list.states.map(one => [one.state, one.count]));
    return DELIVERY_STATES.map(value => ({
      value,
      label: DELIVERY_STATE_WORDS[value].label,
      count: counts.get(value) ?? 0,
    }));
  }, [list]);
  const eventOptions = useMemo(
    () =>
      list &&
      [...list.events]
        .sort((a, b) => b.count - a.count || a.event.localeCompare(b.event))
        .map(({ event, count }) => ({ value: event, label: event, count })),
    [list],
  );
  const dead =
    stateOptions?.find(option => option.value === 'dead')?.count ?? 0;
  const narrowed = isNarrowed(state);
  const filtered = narrowed || state.state.length > 0;
  const onClearFilters = () =>
    change(() => deliveryListAddress.parse(new URLSearchParams()));

  const actions = (
    <div className={classes.actions}>
      {selection.size > 0 && (
        <>
          <Typography variant="body2" component="span">
            {selection.size} selected
          </Typography>
          <Button
            size="small"
            variant="outlined"
            color="primary"
            startIcon={<ReplayIcon />}
            onClick={() =>
              setWanted({
                title: `Replay ${counted(
                  selection.size,
                  'delivery',
                  'deliveries',
                )}?`,
                request: { deliveryIds: [...selection] },
              })
            }
          >
            Replay selected
          </Button>
          <Button size="small" onClick={() => setSelection(new Set())}>
            Clear selection
          </Button>
        </>
      )}
      {dead > 0 && selection.size === 0 && (
        <Button
          size="small"
          variant="outlined"
          color="primary"
          startIcon={<ReplayIcon />}
          onClick={() =>
            setWanted({
              title: narrowed
                ? `Replay the ${counted(
                    dead,
                    'dead delivery that matches',
                    'dead deliveries that match',
                  )}?`
                : `Replay all ${counted(
                    dead,
                    'dead delivery',
                    'dead deliveries',
                  )}?`,
              request: {
                query: { ...toDeliveryFilter(state), state: ['dead'] },
              },
            })
          }
        >
          Replay all dead ones
        </Button>
      )}
    </div>
  );

  const empty = filtered ? (
    <EmptyNote onClearFilters={onClearFilters}>
      No delivery matches these filters.
    </EmptyNote>
  ) : (
    <EmptyNote title="Nothing was delivered yet">
      As soon as something happens in a repository of the organisation, what
      GitHub tells about it appears here. If it does not, look at the webhook
      above.
    </EmptyNote>
  );

  return (
    <>
      <WebhookHealthPanel onCompared={refresh} />
      <FilterPanel
        fields={
          <>
            <SearchField
              text={state.text}
              label="Search deliveries"
              placeholder="Search id, repository, error, body …"
              onSearch={(text, options) => set({ text }, options)}
            />
            <RepositoryFilter
              repository={state.repository}
              onChange={(repository, options) => set({ repository }, options)}
            />
            <TimeRangeField
              id="envoy-go-plugins-deliveries"
              range={state.time}
              onChange={time => set({ time })}
            />
          </>
        }
      >
        <FilterChips
          label="State"
          options={stateOptions}
          selected={state.state}
          onToggle={value =>
            change(current => ({
              ...current,
              page: 1,
              state: toggledOf(DELIVERY_STATES, current.state, value),
            }))
          }
        />
        <FilterChips
          label="Event"
          options={eventOptions}
          selected={state.event}
          onToggle={value =>
            change(current => ({
              ...current,
              page: 1,
              event: toggled(current.event, value),
            }))
          }
        />
      </FilterPanel>
      <ListAnswer
        label="Deliveries"
        noun={NOUN}
        page={state.page}
        answer={answer}
        failure="The deliveries could not be listed"
        empty={empty}
        actions={actions}
        note={
          outcome && (
            <div className={classes.outcome}>
              <ReplayOutcome
                result={outcome}
                onClose={() => setOutcome(undefined)}
              />
            </div>
          )
        }
      >
        <DeliveryTable
          deliveries={list?.items}
          isSelected={id => selection.has(id)}
          onSelect={onSelect}
        />
      </ListAnswer>
      {wanted && (
        <ConfirmDialog
          title={wanted.title}
          action="Replay"
          onConfirm={() => replay(wanted.request)}
          onClose={() => setWanted(undefined)}
        >
          <Typography>
            Each is handled anew, in order per repository. Handling one twice
            does no harm: facts are read from GitHub again, nothing is counted
            twice.
          </Typography>
        </ConfirmDialog>
      )}
    </>
  );
}
