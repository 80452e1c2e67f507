import { makeStyles } from '@material-ui/core/styles';
import Pagination from '@material-ui/lab/Pagination';
import PaginationItem from '@material-ui/lab/PaginationItem';
import { Link as RouterLink, useSearchParams } from 'react-router-dom';
import { ROWS_PER_PAGE } from './addressParameters';

const useStyles = makeStyles(theme => ({
  root: {
    display: 'flex',
    justifyContent: 'center',
    marginTop: theme.spacing(2),
  },
}));

/** The pages of a list, as links. */
export function ListPaging(props: { page: number; totalItems: number }) {
  const { page, totalItems } = props;
  const classes = useStyles();
  const [params] = useSearchParams();
  const pages = Math.ceil(totalItems / ROWS_PER_PAGE);
  if (pages <= 1) {
    return null;
  }
  const searchOf = (number: number) => {
    const next = new URLSearchParams(params);
    next.delete('page');
    const wanted = Math.min(Math.max(number, 1), pages);
    if (wanted > 1) {
      next.set('page', String(wanted));
    }
    return next.toString();
  };
  return (
    <Pagination
      className={classes.root}
      count={pages}
      page={page}
      color="primary"
      aria-label="Pages of the list"
      renderItem={item => (
        <PaginationItem
          {...item}
          component={RouterLink}
          to={{ search: searchOf(item.page) }}
        />
      )}
    />
  );
}
