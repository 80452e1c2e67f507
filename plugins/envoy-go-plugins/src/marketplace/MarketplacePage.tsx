import { useEffect, useMemo, useRef, useState } from 'react';
import Badge from '@material-ui/core/Badge';
import Box from '@material-ui/core/Box';
import Button from '@material-ui/core/Button';
import Drawer from '@material-ui/core/Drawer';
import LinearProgress from '@material-ui/core/LinearProgress';
import { makeStyles, useTheme } from '@material-ui/core/styles';
import TextField from '@material-ui/core/TextField';
import Typography from '@material-ui/core/Typography';
import useMediaQuery from '@material-ui/core/useMediaQuery';
import CardsIcon from '@material-ui/icons/ViewModule';
import FilterIcon from '@material-ui/icons/FilterList';
import TableIcon from '@material-ui/icons/ViewList';
import Skeleton from '@material-ui/lab/Skeleton';
import ToggleButton from '@material-ui/lab/ToggleButton';
import ToggleButtonGroup from '@material-ui/lab/ToggleButtonGroup';
import { Helmet } from 'react-helmet';
import { Content, Header, Page } from '@backstage/core-components';
import type {
  PluginFacet,
  PluginList,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { VisuallyHidden } from '../accessibility';
import { LoadFailure, describeFailure } from '../feedback';
import { ActiveFilters } from './ActiveFilters';
import { FirstUse, NoMatch } from './EmptyMarketplace';
import { FacetPanel } from './FacetPanel';
import { MarketplaceActions } from './MarketplaceActions';
import { MarketplacePaging } from './MarketplacePaging';
import { FacetsSkeleton, ResultsSkeleton } from './MarketplaceSkeleton';
import { PluginCard } from './PluginCard';
import { PluginTable } from './PluginTable';
import { SearchField } from './SearchField';
import {
  MARKETPLACE_SORTS,
  PLUGINS_PER_PAGE,
  clearFilters,
  countTicked,
  toPluginQuery,
  toggleFacetValue,
  toggleVerified,
} from './marketplaceState';
import type { MarketplaceState } from './marketplaceState';
import { useMarketplaceState } from './useMarketplaceState';
import { usePluginList } from './usePluginList';

const SORT_LABELS: Record<MarketplaceState['sort'], string> = {
  stars: 'Most stars',
  released: 'Recently released',
  name: 'Name',
};

const useStyles = makeStyles(theme => ({
  top: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(2),
    alignItems: 'center',
    justifyContent: 'space-between',
    marginBottom: theme.spacing(3),
    '& > :first-child': { flex: '1 1 320px' },
  },
  columns: {
    display: 'grid',
    gap: theme.spacing(3),
    gridTemplateColumns: 'minmax(0, 1fr)',
    alignItems: 'start',
    [theme.breakpoints.up('md')]: {
      gridTemplateColumns: '220px minmax(0, 1fr)',
    },
  },
  facets: {
    position: 'sticky',
    top: theme.spacing(2),
    maxHeight: `calc(100vh - ${theme.spacing(4)}px)`,
    overflowY: 'auto',
    paddingLeft: theme.spacing(1),
    paddingRight: theme.spacing(1),
    paddingBottom: theme.spacing(1),
  },
  drawer: {
    width: 300,
    maxWidth: '85vw',
    padding: theme.spacing(2, 2, 10),
  },
  drawerFoot: {
    position: 'fixed',
    bottom: 0,
    width: 300,
    maxWidth: '85vw',
    marginLeft: -theme.spacing(2),
    padding: theme.spacing(2),
    backgroundColor: theme.palette.background.paper,
    borderTop: `1px solid ${theme.palette.divider}`,
  },
  toolbar: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(2, 1),
    alignItems: 'center',
  },
  search: {
    flex: '1 1 280px',
    [theme.breakpoints.down('sm')]: { flexBasis: '100%' },
  },
  sort: {
    flex: '0 1 190px',
    minWidth: 0,
    backgroundColor: theme.palette.background.paper,
    [theme.breakpoints.down('sm')]: { flex: '1 1 130px' },
  },
  sortLabel: { color: theme.palette.textSubtle },
  toggle: { padding: theme.spacing(1) },
  summary: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(1, 2),
    alignItems: 'center',
    minHeight: 32,
    margin: theme.spacing(2, 0, 1),
  },
  count: { color: theme.palette.textSubtle },
  stale: { marginBottom: theme.spacing(2) },
  progress: { height: 4, marginBottom: theme.spacing(1) },
  late: {
    visibility: 'hidden',
    animation: '$appear 0s linear 250ms forwards',
  },
  '@keyframes appear': { to: { visibility: 'visible' } },
  previous: {
    opacity: 0.6,
    transition: theme.transitions.create('opacity', { delay: 250 }),
  },
  grid: {
    display: 'grid',
    gap: theme.spacing(2),
    gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 300px), 1fr))',
    listStyle: 'none',
    margin: 0,
    padding: 0,
  },
}));

const thousands = new Intl.NumberFormat('en');

function countSentence(state: MarketplaceState, list: PluginList): string {
  if (list.totalItems === 0) {
    return 'No plugin matches';
  }
  const first = (state.page - 1) * PLUGINS_PER_PAGE + 1;
  const last = Math.min(first + PLUGINS_PER_PAGE - 1, list.totalItems);
  const total = thousands.format(list.totalItems);
  return `${thousands.format(first)}–${thousands.format(last)} of ${total} ${
    list.totalItems === 1 ? 'plugin' : 'plugins'
  }`;
}

function MarketplaceContent() {
  const classes = useStyles();
  const theme = useTheme();
  const narrow = useMediaQuery(theme.breakpoints.down('sm'), { noSsr: true });
  const [drawerOpen, setDrawerOpen] = useState(false);
  const [state, change] = useMarketplaceState();
  const query = useMemo(() => toPluginQuery(state), [state]);
  const { list, loading, error, refreshError, retry } = usePluginList(query);

  const answeredState = useRef(state);
  if (!loading && !error) {
    answeredState.current = state;
  }

  const lastPage = list
    ? Math.max(1, Math.ceil(list.totalItems / PLUGINS_PER_PAGE))
    : undefined;
  useEffect(() => {
    if (!loading && !error && lastPage !== undefined && state.page > lastPage) {
      change(current => ({ ...current, page: lastPage }), { replace: true });
    }
  }, [loading, error, lastPage, state.page, change]);

  const onToggle = (facet: PluginFacet, value: string) =>
    change(current => toggleFacetValue(current, facet, value));
  const onToggleVerified = () => change(toggleVerified);
  const onClearAll = () => change(clearFilters);

  if (error && describeFailure(error).notAllowed) {
    return (
      <LoadFailure
        title="You may not see the marketplace"
        error={error}
        onRetry={retry}
      />
    );
  }
  if (list?.marketplaceItems === 0 && !error) {
    return <FirstUse />;
  }

  const ticked = countTicked(state);
  const facets = list ? (
    <FacetPanel
      state={state}
      facets={list.facets}
      verifiedItems={list.verifiedItems}
      onToggle={onToggle}
      onToggleVerified={onToggleVerified}
    />
  ) : (
    !error && <FacetsSkeleton />
  );

  let results;
  if (error) {
    results = (
      <LoadFailure
        title="The plugins could not be listed"
        error={error}
        onRetry={retry}
      />
    );
  } else if (!list) {
    results = (
      <ResultsSkeleton view={state.view} gridClassName={classes.grid} />
    );
  } else if (list.totalItems === 0) {
    results = (
      <NoMatch
        text={answeredState.current.text}
        filtered={Boolean(
          answeredState.current.text || countTicked(answeredState.current),
        )}
        onClear={onClearAll}
        onShowDeprecated={() => onToggle('lifecycle', 'deprecated')}
      />
    );
  } else {
    results = (
      <div className={loading ? classes.previous : undefined}>
        {state.view === 'table' ? (
          <PluginTable plugins={list.items} />
        ) : (
          <ul className={classes.grid} aria-label="Plugins">
            {list.items.map(plugin => (
              <li key={plugin.entityRef}>
                <PluginCard plugin={plugin} />
              </li>
            ))}
          </ul>
        )}
        <MarketplacePaging state={state} totalItems={list.totalItems} />
      </div>
    );
  }

  return (
    <>
      <div className={classes.top}>
        <Typography>
          Envoy filters written in Go: find one, read it, copy what is needed to
          use it.
        </Typography>
        <MarketplaceActions />
      </div>
      <div className={classes.columns}>
        {!narrow && (
          <section className={classes.facets} aria-label="Filters">
            {facets}
          </section>
        )}
        <section aria-label="Results" aria-busy={loading}>
          <div className={classes.toolbar}>
            <div className={classes.search}>
              <SearchField
                text={state.text}
                onSearch={(text, options) =>
                  change(current => ({ ...current, text, page: 1 }), options)
                }
              />
            </div>
            {narrow && (
              <Button
                variant="outlined"
                startIcon={
                  <Badge
                    badgeContent={ticked}
                    color="primary"
                    overlap="rectangular"
                  >
                    <FilterIcon />
                  </Badge>
                }
                onClick={() => setDrawerOpen(true)}
                aria-haspopup="dialog"
                aria-label={
                  ticked > 0 ? `Filters, ${ticked} active` : 'Filters'
                }
              >
                Filters
              </Button>
            )}
            <TextField
              className={classes.sort}
              select
              size="small"
              variant="outlined"
              label="Sort"
              id="envoy-go-plugins-sort"
              value={state.sort}
              SelectProps={{ native: true }}
              InputLabelProps={{ className: classes.sortLabel }}
              onChange={event => {
                const sort = MARKETPLACE_SORTS.find(
                  one => one === event.target.value,
                );
                if (sort) {
                  change(current => ({ ...current, sort, page: 1 }));
                }
              }}
            >
              {MARKETPLACE_SORTS.map(sort => (
                <option key={sort} value={sort}>
                  {SORT_LABELS[sort]}
                </option>
              ))}
            </TextField>
            <ToggleButtonGroup
              exclusive
              size="small"
              value={state.view}
              aria-label="View"
              onChange={(_, view) => {
                if (view === 'cards' || view === 'table') {
                  change(current => ({ ...current, view }));
                }
              }}
            >
              <ToggleButton
                value="cards"
                aria-label="Cards"
                className={classes.toggle}
              >
                <CardsIcon />
              </ToggleButton>
              <ToggleButton
                value="table"
                aria-label="Table"
                className={classes.toggle}
              >
                <TableIcon />
              </ToggleButton>
            </ToggleButtonGroup>
          </div>
          <div className={classes.summary}>
            <VisuallyHidden component="h2">Plugins</VisuallyHidden>
            <Typography
              variant="body2"
              component="div"
              role="status"
              className={classes.count}
            >
              {list && countSentence(answeredState.current, list)}
              {!list && !error && <Skeleton width={140} />}
            </Typography>
            <ActiveFilters
              state={state}
              onToggle={onToggle}
              onToggleVerified={onToggleVerified}
              onClearText={() =>
                change(current => ({ ...current, text: '', page: 1 }))
              }
              onClearAll={onClearAll}
            />
          </div>
          <div className={classes.progress}>
            {list && loading && (
              <LinearProgress
                className={classes.late}
                aria-label="Loading plugins"
              />
            )}
          </div>
          {refreshError && (
            <Typography variant="body2" className={classes.stale} role="status">
              {describeFailure(refreshError).sentence} Shown is what was known
              before.
            </Typography>
          )}
          {results}
        </section>
      </div>
      {narrow && (
        <Drawer
          anchor="left"
          open={drawerOpen}
          onClose={() => setDrawerOpen(false)}
          PaperProps={{ 'aria-label': 'Filters', role: 'dialog' }}
        >
          <div className={classes.drawer}>
            {facets}
            <div className={classes.drawerFoot}>
              <Box display="flex" gridGap={8}>
                <Button
                  fullWidth
                  variant="contained"
                  color="primary"
                  onClick={() => setDrawerOpen(false)}
                >
                  {list
                    ? `Show ${thousands.format(list.totalItems)} ${
                        list.totalItems === 1 ? 'plugin' : 'plugins'
                      }`
                    : 'Show plugins'}
                </Button>
                {ticked > 0 && <Button onClick={onClearAll}>Clear</Button>}
              </Box>
            </div>
          </div>
        </Drawer>
      )}
    </>
  );
}

const TITLE = 'Envoy Go Plugins';

/** The marketplace with a header of its own, for the legacy frontend system. */
export function MarketplacePage() {
  return (
    <Page themeId="tool">
      <Header title={TITLE} />
      <Content>
        <MarketplaceContent />
      </Content>
    </Page>
  );
}

/** The marketplace below the header that the new frontend system gives every page. */
export function NfsMarketplacePage() {
  return (
    <main>
      <Helmet title={TITLE} />
      <Content>
        <MarketplaceContent />
      </Content>
    </main>
  );
}
