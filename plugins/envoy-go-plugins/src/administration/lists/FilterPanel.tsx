import type { ReactNode } from 'react';
import { makeStyles } from '@material-ui/core/styles';

const useStyles = makeStyles(theme => ({
  root: { display: 'grid', gap: theme.spacing(1.5) },
  row: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(1.5),
    alignItems: 'flex-start',
    '&& > :first-child': { flex: '1 1 280px' },
    [theme.breakpoints.down('xs')]: {
      '&& > *': { flex: '1 1 140px' },
      '&& > :first-child': { flex: '1 1 100%' },
    },
  },
}));

/** What narrows a list: a row of fields, the search first, then chips. */
export function FilterPanel(props: {
  fields: ReactNode;
  children?: ReactNode;
}) {
  const classes = useStyles();
  return (
    <div className={classes.root} role="search" aria-label="Filters">
      <div className={classes.row}>{props.fields}</div>
      {props.children}
    </div>
  );
}
