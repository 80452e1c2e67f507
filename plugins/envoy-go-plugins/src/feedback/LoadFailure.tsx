import { useId, useState } from 'react';
import Box from '@material-ui/core/Box';
import Button from '@material-ui/core/Button';
import Collapse from '@material-ui/core/Collapse';
import Paper from '@material-ui/core/Paper';
import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import ErrorIcon from '@material-ui/icons/ErrorOutline';
import LockIcon from '@material-ui/icons/LockOutlined';
import { serializeError } from '@backstage/errors';
import { describeFailure } from './describeFailure';

const useStyles = makeStyles(theme => ({
  root: {
    display: 'flex',
    gap: theme.spacing(2),
    padding: theme.spacing(3),
  },
  icon: {
    flex: 'none',
    color: theme.palette.textSubtle,
  },
  body: { minWidth: 0, flex: 1 },
  details: {
    margin: theme.spacing(2, 0, 0),
    padding: theme.spacing(2),
    whiteSpace: 'pre-wrap',
    wordBreak: 'break-word',
    fontSize: theme.typography.caption.fontSize,
    backgroundColor: theme.palette.background.default,
    borderRadius: theme.shape.borderRadius,
  },
}));

/**
 * Stands where data could not be had: says first what happened, then what to do, offers to retry, and keeps the
 * technical details for whoever is asked for help.
 */
export function LoadFailure(props: {
  /** What was to be shown, such as "The marketplace could not be shown". */
  title: string;
  error: Error;
  onRetry?: () => void;
}) {
  const { title, error, onRetry } = props;
  const classes = useStyles();
  const [open, setOpen] = useState(false);
  const detailsId = useId();
  const failure = describeFailure(error);
  const Icon = failure.notAllowed ? LockIcon : ErrorIcon;

  return (
    <Paper className={classes.root} role="alert" variant="outlined">
      <Icon className={classes.icon} aria-hidden />
      <div className={classes.body}>
        <Typography variant="h6" component="h2" gutterBottom>
          {title}
        </Typography>
        <Typography paragraph>{failure.sentence}</Typography>
        <Typography paragraph>{failure.advice}</Typography>
        <Box display="flex" flexWrap="wrap" gridGap={8}>
          {onRetry && (
            <Button variant="outlined" color="primary" onClick={onRetry}>
              Retry
            </Button>
          )}
          {!failure.notAllowed && (
            <Button
              aria-expanded={open}
              aria-controls={detailsId}
              onClick={() => setOpen(!open)}
            >
              {open ? 'Hide details' : 'Details'}
            </Button>
          )}
        </Box>
        <div id={detailsId}>
          <Collapse in={open} unmountOnExit>
            <pre className={classes.details}>
              {JSON.stringify(serializeError(error), undefined, 2)}
            </pre>
          </Collapse>
        </div>
      </div>
    </Paper>
  );
}
