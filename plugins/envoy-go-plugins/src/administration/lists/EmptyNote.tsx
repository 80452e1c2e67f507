import type { ReactNode } from 'react';
import Button from '@material-ui/core/Button';
import Paper from '@material-ui/core/Paper';
import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';

const useStyles = makeStyles(theme => ({
  root: {
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    textAlign: 'center',
    gap: theme.spacing(1.5),
    padding: theme.spacing(5, 3),
  },
  text: { maxWidth: 560 },
}));

/** What is shown where a list has no row: why, and what to do. */
export function EmptyNote(props: {
  title?: string;
  children: ReactNode;
  /** Where filters hide everything there is. */
  onClearFilters?: () => void;
}) {
  const { title, children, onClearFilters } = props;
  const classes = useStyles();
  return (
    <Paper variant="outlined" className={classes.root}>
      {title && (
        <Typography variant="h6" component="h3">
          {title}
        </Typography>
      )}
      <Typography className={classes.text}>{children}</Typography>
      {onClearFilters && (
        <Button variant="outlined" color="primary" onClick={onClearFilters}>
          Clear filters
        </Button>
      )}
    </Paper>
  );
}
