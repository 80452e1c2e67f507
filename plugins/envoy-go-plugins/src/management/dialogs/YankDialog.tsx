import { useState } from 'react';
import Typography from '@material-ui/core/Typography';
import type { PluginLocator } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { ConfirmDialog } from '../../administration/lists';
import type { ManagePlugin } from '../answers';
import { ReasonField } from './ReasonField';

/** Withdraws a version, having said what that means. */
export function YankDialog(props: {
  plugin: PluginLocator;
  version: string;
  manage: ManagePlugin;
  onClose: () => void;
}) {
  const { plugin, version, manage, onClose } = props;
  const [reason, setReason] = useState('');
  return (
    <ConfirmDialog
      title={`Yank version ${version}`}
      action="Yank"
      dangerous
      ready={Boolean(reason.trim())}
      onConfirm={() =>
        manage(api =>
          api.yankVersion({ ...plugin, version, reason: reason.trim() }),
        )
      }
      onClose={onClose}
    >
      <Typography>
        The release on GitHub is marked as yanked, with your reason as the first
        line of its notes. The tags that move (such as <code>latest</code>) go
        to the newest version that is left. Whoever names {version} or its
        digest still gets it: nothing is deleted, and nothing that runs breaks.
      </Typography>
      <ReasonField
        value={reason}
        onChange={setReason}
        helperText="Everybody who looks at the version reads it; it is recorded."
      />
    </ConfirmDialog>
  );
}
