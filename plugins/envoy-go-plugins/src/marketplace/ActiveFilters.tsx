import Button from '@material-ui/core/Button';
import Chip from '@material-ui/core/Chip';
import { makeStyles } from '@material-ui/core/styles';
import type { PluginFacet } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { VisuallyHidden } from '../accessibility';
import { FacetValueName, PLUGIN_FACETS, facetTitle } from '../vocabulary';
import { countTicked } from './marketplaceState';
import type { MarketplaceState } from './marketplaceState';

const useStyles = makeStyles(theme => ({
  root: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: theme.spacing(1),
    listStyle: 'none',
    margin: 0,
    padding: 0,
  },
  chip: { margin: 0 },
}));

/** What the list is narrowed to, each part with a way to take it back. */
export function ActiveFilters(props: {
  state: MarketplaceState;
  onToggle: (facet: PluginFacet, value: string) => void;
  onToggleVerified: () => void;
  onClearText: () => void;
  onClearAll: () => void;
}) {
  const { state, onToggle, onToggleVerified, onClearText, onClearAll } = props;
  const classes = useStyles();
  if (!state.text && countTicked(state) === 0) {
    return null;
  }
  return (
    <ul className={classes.root} aria-label="Active filters">
      {state.text && (
        <li>
          <Chip
            className={classes.chip}
            size="small"
            label={`“${state.text}”`}
            component="button"
            clickable
            onClick={onClearText}
            onDelete={onClearText}
            aria-label={`Remove the search for ${state.text}`}
          />
        </li>
      )}
      {state.verified && (
        <li>
          <Chip
            className={classes.chip}
            size="small"
            component="button"
            clickable
            onClick={onToggleVerified}
            onDelete={onToggleVerified}
            label={
              <>
                <VisuallyHidden>Remove the filter</VisuallyHidden> Verified
              </>
            }
          />
        </li>
      )}
      {PLUGIN_FACETS.flatMap(facet =>
        state.facets[facet].map(value => (
          <li key={`${facet}:${value}`}>
            <Chip
              className={classes.chip}
              size="small"
              component="button"
              clickable
              onClick={() => onToggle(facet, value)}
              onDelete={() => onToggle(facet, value)}
              label={
                <>
                  <VisuallyHidden>
                    Remove the filter {facetTitle(facet)}
                  </VisuallyHidden>{' '}
                  <FacetValueName facet={facet} value={value} />
                </>
              }
            />
          </li>
        )),
      )}
      <li>
        <Button size="small" color="primary" onClick={onClearAll}>
          Clear all
        </Button>
      </li>
    </ul>
  );
}
