import Button from '@material-ui/core/Button';
import { makeStyles } from '@material-ui/core/styles';
import StarredIcon from '@material-ui/icons/Star';
import StarIcon from '@material-ui/icons/StarBorder';
import { VisuallyHidden } from '../accessibility';
import type { Star } from './useStar';

const useStyles = makeStyles(theme => ({
  root: { whiteSpace: 'nowrap', flex: 'none' },
  starred: { color: theme.palette.type === 'dark' ? '#e3b341' : '#9a6700' },
  count: {
    marginLeft: theme.spacing(1),
    paddingLeft: theme.spacing(1),
    borderLeft: `1px solid ${theme.palette.divider}`,
    fontVariantNumeric: 'tabular-nums',
  },
}));

const compact = new Intl.NumberFormat('en', {
  notation: 'compact',
  maximumFractionDigits: 1,
});

/** Stars a plugin's repository on GitHub as oneself, and says how many did. */
export function StarButton(props: { star: Star }) {
  const { starred, count, busy, toggle } = props.star;
  const classes = useStyles();
  return (
    <Button
      className={classes.root}
      variant="outlined"
      aria-pressed={starred}
      aria-disabled={busy}
      onClick={() => {
        if (!busy) {
          toggle();
        }
      }}
      startIcon={
        starred ? (
          <StarredIcon className={classes.starred} aria-hidden />
        ) : (
          <StarIcon aria-hidden />
        )
      }
    >
      {starred ? 'Starred' : 'Star'}{' '}
      <span className={classes.count}>
        {compact.format(count)}{' '}
        <VisuallyHidden>{count === 1 ? 'star' : 'stars'}</VisuallyHidden>
      </span>
    </Button>
  );
}
