import { useState } from 'react';
import Typography from '@material-ui/core/Typography';
import type { PluginLocator } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { ConfirmDialog } from '../../administration/lists';
import type { ManagePlugin } from '../answers';
import { ReasonField } from './ReasonField';

/** Has a version built once more, having said what that means. */
export function RebuildDialog(props: {
  plugin: PluginLocator;
  version: string;
  manage: ManagePlugin;
  onClose: () => void;
}) {
  const { plugin, version, manage, onClose } = props;
  const [reason, setReason] = useState('');
  return (
    <ConfirmDialog
      title={`Rebuild version ${version}`}
      action="Rebuild"
      ready={Boolean(reason.trim())}
      onConfirm={() =>
        manage(api =>
          api.rebuildVersion({ ...plugin, version, reason: reason.trim() }),
        )
      }
      onClose={onClose}
    >
      <Typography>
        The commit of the release is built and proven once more, after whatever
        else waits to be built. The same source gives the same library; proofs
        and vulnerabilities are brought up to date.
      </Typography>
      <ReasonField
        value={reason}
        onChange={setReason}
        helperText="It stands beside the build; it is recorded."
      />
    </ConfirmDialog>
  );
}
