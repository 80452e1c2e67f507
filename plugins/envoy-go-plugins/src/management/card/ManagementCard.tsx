import { useState } from 'react';
import Button from '@material-ui/core/Button';
import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import { Link } from '@backstage/core-components';
import { EntityInfoCard } from '@backstage/plugin-catalog-react';
import type {
  ManagementAction,
  ManagementOperation,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { readableErrorColor } from '../../accessibility';
import { LiveAnnouncement } from '../../live-updates';
import { usePluginEntity } from '../../plugin-entity';
import { useManagement } from '../answers';
import { ChangeOwnerDialog } from '../dialogs/ChangeOwnerDialog';
import { DeprecateDialog } from '../dialogs/DeprecateDialog';
import { UnpublishDialog } from '../dialogs/UnpublishDialog';
import { OperationProgress } from '../operations';

/** So many operations show, besides those that are not over. */
const SHOWN_OVER = 2;

const useStyles = makeStyles(theme => ({
  actions: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(1),
    marginBottom: theme.spacing(1.5),
  },
  dangerous: {
    color: readableErrorColor(theme),
    borderColor: readableErrorColor(theme),
  },
  subtle: { color: theme.palette.textSubtle },
}));

const ACTIONS = [
  {
    action: 'change-owner',
    label: 'Change owner …',
    Dialog: ChangeOwnerDialog,
  },
  { action: 'deprecate', label: 'Deprecate …', Dialog: DeprecateDialog },
  { action: 'unpublish', label: 'Unpublish …', Dialog: UnpublishDialog },
] as const;

function announcementOf([latest]: ManagementOperation[]): string {
  if (!latest) {
    return '';
  }
  const words = { running: 'runs', done: 'is done', failed: 'failed' };
  return `${latest.title} ${words[latest.state]}.`;
}

/**
 * What the reader may do with a published plugin, and what is being done to it. Nothing for readers who may do nothing.
 */
export function ManagementCard() {
  const classes = useStyles();
  const { entity, locator, versionsPath } = usePluginEntity();
  const { management, manage } = useManagement(locator);
  const [chosen, setChosen] = useState<ManagementAction>();
  const [all, setAll] = useState(false);
  if (
    !management ||
    (management.allowedActions.length === 0 &&
      management.operations.length === 0)
  ) {
    return null;
  }
  const { allowedActions, operations } = management;
  const running = operations.some(({ state }) => state === 'running');
  const Dialog = ACTIONS.find(({ action }) => action === chosen)?.Dialog;
  const shown = operations.filter(
    (operation, index) =>
      all || index < SHOWN_OVER || operation.state === 'running',
  );

  return (
    <EntityInfoCard title="Management">
      <div className={classes.actions}>
        {ACTIONS.filter(({ action }) => allowedActions.includes(action)).map(
          ({ action, label }) => (
            <Button
              key={action}
              size="small"
              variant="outlined"
              className={action === 'unpublish' ? classes.dangerous : undefined}
              disabled={running}
              onClick={() => setChosen(action)}
            >
              {action === 'deprecate' && management.deprecated
                ? 'Change deprecation …'
                : label}
            </Button>
          ),
        )}
      </div>
      {allowedActions.includes('yank') && (
        <Typography variant="body2" className={classes.subtle}>
          Versions are yanked and rebuilt{' '}
          <Link to={versionsPath} underline="always">
            in their rows
          </Link>
          .
        </Typography>
      )}
      {shown.map(operation => (
        <OperationProgress
          key={operation.id}
          operation={operation}
          onRetry={({ id }) =>
            manage(api => api.retryOperation({ ...locator, id }))
          }
        />
      ))}
      {operations.length > shown.length && (
        <Button size="small" onClick={() => setAll(true)}>
          Show {operations.length - shown.length} earlier
        </Button>
      )}
      <LiveAnnouncement of={announcementOf(operations)}>
        {announcementOf(operations)}
      </LiveAnnouncement>
      {Dialog && (
        <Dialog
          management={management}
          title={entity.metadata.title ?? entity.metadata.name}
          manage={manage}
          onClose={() => setChosen(undefined)}
        />
      )}
    </EntityInfoCard>
  );
}
