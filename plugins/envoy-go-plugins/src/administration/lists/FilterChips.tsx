import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import Button from '@material-ui/core/Button';
import Chip from '@material-ui/core/Chip';
import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import SelectedIcon from '@material-ui/icons/Check';
import Skeleton from '@material-ui/lab/Skeleton';

const useStyles = makeStyles(theme => ({
  root: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: theme.spacing(0.75),
  },
  label: { color: theme.palette.textSubtle, minWidth: 44 },
  chip: { margin: 0 },
  count: {
    marginLeft: theme.spacing(0.75),
    color: theme.palette.textSubtle,
    fontVariantNumeric: 'tabular-nums',
  },
  selected: {
    color: theme.palette.text.primary,
    borderColor: theme.palette.text.primary,
    backgroundColor: theme.palette.action.selected,
    '&:hover, &:focus': { backgroundColor: theme.palette.action.selected },
  },
}));

const thousands = new Intl.NumberFormat('en');

/** A value that a list can be narrowed to, and how many rows have it. */
export interface FilterOption {
  value: string;
  label: ReactNode;
  /** `undefined` where it is not known. */
  count?: number;
}

/**
 * The values of one property of a list's rows, each with how many rows have it; pressed ones narrow the list. Only the
 * first ones show until the rest is asked for, always with those that are pressed.
 */
export function FilterChips(props: {
  label: string;
  /** `undefined` while they are loading. */
  options: FilterOption[] | undefined;
  selected: readonly string[];
  onToggle: (value: string) => void;
  /** How many show at first. Default 8. */
  shown?: number;
}) {
  const { label, options = [], selected, onToggle, shown = 8 } = props;
  const classes = useStyles();
  const labelId = useId();
  const [all, setAll] = useState(false);
  const absent = selected
    .filter(value => !options.some(option => option.value === value))
    .map(value => ({ value, label: value, count: 0 }));
  const present = [...options, ...absent];
  const visible = present.filter(
    (option, index) => all || index < shown || selected.includes(option.value),
  );
  const hidden = present.length - visible.length;

  return (
    <div className={classes.root} role="group" aria-labelledby={labelId}>
      <Typography
        id={labelId}
        variant="body2"
        component="span"
        className={classes.label}
      >
        {label}
      </Typography>
      {!props.options &&
        [72, 96, 64, 80, 72].map((width, index) => (
          <Skeleton key={index} width={width} height={24} variant="rect" />
        ))}
      {visible.map(option => {
        const pressed = selected.includes(option.value);
        return (
          <Chip
            key={option.value}
            className={`${classes.chip} ${pressed ? classes.selected : ''}`}
            size="small"
            variant="outlined"
            component="button"
            clickable
            aria-pressed={pressed}
            icon={pressed ? <SelectedIcon aria-hidden /> : undefined}
            onClick={() => onToggle(option.value)}
            label={
              <>
                {option.label}
                {option.count !== undefined && (
                  <span className={classes.count}>
                    {thousands.format(option.count)}
                  </span>
                )}
              </>
            }
          />
        );
      })}
      {(hidden > 0 || all) && present.length > shown && (
        <Button size="small" onClick={() => setAll(!all)} aria-expanded={all}>
          {all ? 'Fewer' : `${hidden} more`}
        </Button>
      )}
    </div>
  );
}
