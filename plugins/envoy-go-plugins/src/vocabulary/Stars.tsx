import { makeStyles } from '@material-ui/core/styles';
import StarIcon from '@material-ui/icons/StarBorder';
import { VisuallyHidden } from '../accessibility';

const useStyles = makeStyles(theme => ({
  root: {
    display: 'inline-flex',
    alignItems: 'center',
    gap: theme.spacing(0.5),
    whiteSpace: 'nowrap',
  },
  icon: { fontSize: '1.1em' },
}));

const compact = new Intl.NumberFormat('en', {
  notation: 'compact',
  maximumFractionDigits: 1,
});

/** How many stars a repository has on GitHub; nothing as long as that is not known. */
export function Stars(props: { count?: number }) {
  const classes = useStyles();
  if (props.count === undefined) {
    return null;
  }
  return (
    <span className={classes.root}>
      <StarIcon className={classes.icon} aria-hidden />
      {compact.format(props.count)}{' '}
      <VisuallyHidden>
        {props.count === 1 ? 'star' : 'stars'} on GitHub
      </VisuallyHidden>
    </span>
  );
}
