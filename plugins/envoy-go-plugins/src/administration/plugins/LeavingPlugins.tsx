import Paper from '@material-ui/core/Paper';
import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import type { ManagementOperation } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { OperationProgress } from '../../management/operations';

const useStyles = makeStyles(theme => ({
  root: { padding: theme.spacing(2), marginBottom: theme.spacing(2) },
  name: { marginTop: theme.spacing(1.5) },
}));

/** Plugins on their way back to their authors, which the catalog does not have any more; nothing where there are none. */
export function LeavingPlugins(props: {
  operations: ManagementOperation[];
  onRetry: (operation: ManagementOperation) => Promise<void>;
}) {
  const { operations, onRetry } = props;
  const classes = useStyles();
  if (operations.length === 0) {
    return null;
  }
  return (
    <Paper
      variant="outlined"
      component="section"
      aria-label="On their way back"
      className={classes.root}
    >
      <Typography variant="h6" component="h2">
        On their way back
      </Typography>
      <Typography variant="body2">
        The catalog has let go of these plugins, and they are not wholly their
        authors’ yet.
      </Typography>
      {operations.map(operation => (
        <div key={operation.id}>
          <Typography
            variant="subtitle1"
            component="h3"
            className={classes.name}
          >
            {operation.plugin.name}
          </Typography>
          <OperationProgress operation={operation} onRetry={onRetry} />
        </div>
      ))}
    </Paper>
  );
}
