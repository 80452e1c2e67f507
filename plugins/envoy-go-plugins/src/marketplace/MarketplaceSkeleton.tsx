import Skeleton from '@material-ui/lab/Skeleton';
import { makeStyles } from '@material-ui/core/styles';
import { PLUGIN_CARD_HEIGHT } from './PluginCard';
import type { MarketplaceView } from './marketplaceState';

const useStyles = makeStyles(theme => ({
  facet: { '& + &': { marginTop: theme.spacing(2.5) } },
  table: { display: 'grid', gap: theme.spacing(1) },
}));

/** Stands where the facets will be. */
export function FacetsSkeleton() {
  const classes = useStyles();
  return (
    <div aria-hidden>
      {[1, 7, 3, 3, 3].map((values, index) => (
        <div key={index} className={classes.facet}>
          <Skeleton width="40%" height={22} />
          {Array.from({ length: values }, (_, row) => (
            <Skeleton
              key={row}
              height={32}
              width={`${90 - ((row * 13) % 30)}%`}
            />
          ))}
        </div>
      ))}
    </div>
  );
}

/** Stands where the plugins will be, as tall as they will be. */
export function ResultsSkeleton(props: {
  view: MarketplaceView;
  gridClassName: string;
}) {
  const classes = useStyles();
  if (props.view === 'table') {
    return (
      <div className={classes.table} aria-hidden>
        {Array.from({ length: 10 }, (_, row) => (
          <Skeleton key={row} variant="rect" height={53} />
        ))}
      </div>
    );
  }
  return (
    <div className={props.gridClassName} aria-hidden>
      {Array.from({ length: 9 }, (_, card) => (
        <Skeleton key={card} variant="rect" height={PLUGIN_CARD_HEIGHT} />
      ))}
    </div>
  );
}
