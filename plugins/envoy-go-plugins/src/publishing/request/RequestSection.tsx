import { useId } from 'react';
import type { ReactNode } from 'react';
import Paper from '@material-ui/core/Paper';
import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';

const useStyles = makeStyles(theme => ({
  root: {
    padding: theme.spacing(2),
    minWidth: 0,
    [theme.breakpoints.up('sm')]: { padding: theme.spacing(2, 3) },
  },
  emphasis: {
    borderColor: theme.palette.primary.main,
    borderLeftWidth: 4,
  },
  top: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(0, 2),
    alignItems: 'baseline',
    marginBottom: theme.spacing(1.5),
  },
  title: { flex: 1 },
}));

/** A part of a request's page. */
export function RequestSection(props: {
  title: string;
  /** Beside the title. */
  aside?: ReactNode;
  /** Whether it is what whoever reads has to do now. */
  emphasis?: boolean;
  children: ReactNode;
}) {
  const { title, aside, emphasis, children } = props;
  const classes = useStyles();
  const titleId = useId();
  return (
    <Paper
      variant="outlined"
      component="section"
      aria-labelledby={titleId}
      className={`${classes.root} ${emphasis ? classes.emphasis : ''}`}
    >
      <div className={classes.top}>
        <Typography
          id={titleId}
          variant="h6"
          component="h3"
          className={classes.title}
        >
          {title}
        </Typography>
        {aside}
      </div>
      {children}
    </Paper>
  );
}
