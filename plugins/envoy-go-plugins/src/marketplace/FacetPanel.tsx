import { useRef, useState } from 'react';
import Button from '@material-ui/core/Button';
import Checkbox from '@material-ui/core/Checkbox';
import FormControlLabel from '@material-ui/core/FormControlLabel';
import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import type {
  PluginFacet,
  PluginFacetValue,
  PluginList,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { VisuallyHidden } from '../accessibility';
import {
  FacetValueName,
  PLUGIN_FACETS,
  facetTitle,
  facetValueOrder,
} from '../vocabulary';
import type { MarketplaceState } from './marketplaceState';

/** How many values of a facet are shown before the rest is asked for. */
const SHORT_LIST = 8;

const useStyles = makeStyles(theme => ({
  facet: {
    border: 0,
    margin: 0,
    padding: 0,
    minWidth: 0,
    '& + &': { marginTop: theme.spacing(2.5) },
  },
  legend: { padding: 0, marginBottom: theme.spacing(0.5) },
  value: {
    display: 'flex',
    margin: 0,
    marginLeft: -theme.spacing(0.75),
    borderRadius: theme.shape.borderRadius,
    '&:hover': { backgroundColor: theme.palette.action.hover },
    '&:focus-within': { outline: `2px solid ${theme.palette.primary.main}` },
  },
  checkbox: { padding: theme.spacing(0.75) },
  label: {
    flex: 1,
    minWidth: 0,
    display: 'flex',
    gap: theme.spacing(1),
    alignItems: 'baseline',
    paddingRight: theme.spacing(1),
    fontSize: theme.typography.body2.fontSize,
  },
  name: {
    flex: 1,
    minWidth: 0,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
  },
  count: {
    color: theme.palette.textSubtle,
    fontVariantNumeric: 'tabular-nums',
  },
  hint: { color: theme.palette.textSubtle },
}));

const thousands = new Intl.NumberFormat('en');

/**
 * The values of a facet to show: those of the answer, those ticked (so that they can be unticked, though they lead
 * nowhere), and, where the set of values is a fixed one, those seen before, so that nothing jumps.
 */
function valuesToShow(
  facet: PluginFacet,
  answered: PluginFacetValue[],
  ticked: string[],
  seen: ReadonlySet<string>,
): PluginFacetValue[] {
  const order = facetValueOrder(facet);
  const values = new Map(answered.map(one => [one.value, one]));
  for (const value of [...ticked, ...(order ? seen : [])]) {
    if (!values.has(value)) {
      values.set(value, { value, count: 0 });
    }
  }
  const list = [...values.values()];
  return order ? list.sort((a, b) => order(a.value, b.value)) : list;
}

function Facet(props: {
  facet: PluginFacet;
  answered: PluginFacetValue[];
  ticked: string[];
  onToggle: (value: string) => void;
}) {
  const { facet, answered, ticked, onToggle } = props;
  const classes = useStyles();
  const seen = useRef(new Set<string>());
  const [all, setAll] = useState(false);

  answered.forEach(one => seen.current.add(one.value));
  const values = valuesToShow(facet, answered, ticked, seen.current);
  if (values.length === 0) {
    return null;
  }
  const shown = all
    ? values
    : values.filter(
        (one, index) => index < SHORT_LIST || ticked.includes(one.value),
      );

  return (
    <fieldset className={classes.facet}>
      <Typography
        component="legend"
        variant="subtitle2"
        className={classes.legend}
      >
        {facetTitle(facet)}
      </Typography>
      {shown.map(({ value, count }) => (
        <FormControlLabel
          key={value}
          className={classes.value}
          classes={{ label: classes.label }}
          control={
            <Checkbox
              className={classes.checkbox}
              size="small"
              color="primary"
              checked={ticked.includes(value)}
              onChange={() => onToggle(value)}
              name={`${facet}:${value}`}
            />
          }
          label={
            <>
              <span className={classes.name}>
                <FacetValueName facet={facet} value={value} />
              </span>{' '}
              <span className={classes.count}>{thousands.format(count)}</span>{' '}
              <VisuallyHidden>
                {count === 1 ? 'plugin' : 'plugins'}
              </VisuallyHidden>
            </>
          }
        />
      ))}
      {values.length > shown.length && (
        <Button size="small" color="primary" onClick={() => setAll(true)}>
          Show all {values.length}
        </Button>
      )}
      {facet === 'lifecycle' && !ticked.includes('deprecated') && (
        <Typography variant="caption" component="p" className={classes.hint}>
          Deprecated plugins are hidden unless ticked.
        </Typography>
      )}
    </fieldset>
  );
}

function Verified(props: {
  count: number;
  ticked: boolean;
  onToggle: () => void;
}) {
  const { count, ticked, onToggle } = props;
  const classes = useStyles();
  return (
    <fieldset className={classes.facet}>
      <Typography
        component="legend"
        variant="subtitle2"
        className={classes.legend}
      >
        Proof
      </Typography>
      <FormControlLabel
        className={classes.value}
        classes={{ label: classes.label }}
        title="The latest release was proven in real Envoys"
        control={
          <Checkbox
            className={classes.checkbox}
            size="small"
            color="primary"
            checked={ticked}
            onChange={onToggle}
            name="verified"
          />
        }
        label={
          <>
            <span className={classes.name}>Verified</span>{' '}
            <span className={classes.count}>{thousands.format(count)}</span>{' '}
            <VisuallyHidden>
              {count === 1 ? 'plugin' : 'plugins'}
            </VisuallyHidden>
          </>
        }
      />
    </fieldset>
  );
}

/**
 * The facets of the marketplace. A tick shows at once; the counts follow with the next answer. A count says how many
 * plugins one would get by ticking that value, too.
 */
export function FacetPanel(props: {
  state: MarketplaceState;
  facets: PluginList['facets'];
  /** How many plugins one would get with "verified" ticked. */
  verifiedItems: number;
  onToggle: (facet: PluginFacet, value: string) => void;
  onToggleVerified: () => void;
}) {
  const { state, facets, onToggle } = props;
  return (
    <>
      <Verified
        count={props.verifiedItems}
        ticked={state.verified}
        onToggle={props.onToggleVerified}
      />
      {PLUGIN_FACETS.map(facet => (
        <Facet
          key={facet}
          facet={facet}
          answered={facets[facet]}
          ticked={state.facets[facet]}
          onToggle={value => onToggle(facet, value)}
        />
      ))}
    </>
  );
}
