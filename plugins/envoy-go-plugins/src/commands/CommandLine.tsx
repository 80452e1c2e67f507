import { makeStyles } from '@material-ui/core/styles';
import { CopyButton } from '../clipboard';

const useStyles = makeStyles(theme => ({
  root: {
    display: 'flex',
    alignItems: 'flex-start',
    gap: theme.spacing(1),
    margin: theme.spacing(0.5, 0),
    padding: theme.spacing(0.75, 0.75, 0.75, 1.5),
    borderRadius: theme.shape.borderRadius,
    border: `1px solid ${theme.palette.divider}`,
    backgroundColor: theme.palette.background.paper,
  },
  text: {
    flex: 1,
    minWidth: 0,
    margin: theme.spacing(0.5, 0),
    fontSize: 12.5,
    lineHeight: 1.5,
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
  },
}));

/** A command, or another text that one pastes elsewhere; one click copies it. */
export function CommandLine(props: {
  command: string;
  /** What it is, for screen readers, such as "the command that pulls v1.4.0". */
  what: string;
}) {
  const { command, what } = props;
  const classes = useStyles();
  return (
    <div className={classes.root}>
      <pre className={classes.text}>{command}</pre>
      <CopyButton text={command} what={what} />
    </div>
  );
}
