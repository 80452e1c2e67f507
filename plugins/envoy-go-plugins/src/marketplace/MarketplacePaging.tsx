import { makeStyles } from '@material-ui/core/styles';
import Pagination from '@material-ui/lab/Pagination';
import PaginationItem from '@material-ui/lab/PaginationItem';
import { Link as RouterLink } from 'react-router-dom';
import { PLUGINS_PER_PAGE, formatMarketplaceState } from './marketplaceState';
import type { MarketplaceState } from './marketplaceState';

const useStyles = makeStyles(theme => ({
  root: {
    display: 'flex',
    justifyContent: 'center',
    marginTop: theme.spacing(3),
  },
}));

/** The pages of the list, as links. */
export function MarketplacePaging(props: {
  state: MarketplaceState;
  totalItems: number;
}) {
  const { state, totalItems } = props;
  const classes = useStyles();
  const pages = Math.ceil(totalItems / PLUGINS_PER_PAGE);
  if (pages <= 1) {
    return null;
  }
  return (
    <Pagination
      className={classes.root}
      count={pages}
      page={state.page}
      color="primary"
      aria-label="Pages of the list"
      renderItem={item => (
        <PaginationItem
          {...item}
          component={RouterLink}
          to={{
            search: formatMarketplaceState({
              ...state,
              page: Math.min(Math.max(item.page, 1), pages),
            }).toString(),
          }}
        />
      )}
    />
  );
}
