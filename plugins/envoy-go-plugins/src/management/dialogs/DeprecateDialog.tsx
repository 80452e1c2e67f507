import { useState } from 'react';
import Typography from '@material-ui/core/Typography';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { ENVOY_GO_PLUGIN_KIND } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { PluginManagement } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { ConfirmDialog } from '../../administration/lists';
import type { ManagePlugin } from '../answers';
import { EntityField } from './EntityField';
import { ReasonField } from './ReasonField';
import { useFieldRefusals } from './useFieldRefusals';

/** Says that nobody should begin to use a plugin, having said what that means. */
export function DeprecateDialog(props: {
  management: PluginManagement;
  title: string;
  manage: ManagePlugin;
  onClose: () => void;
}) {
  const { management, title, manage, onClose } = props;
  const { plugin, deprecated } = management;
  const { attempt, refusalOf, forget } = useFieldRefusals();
  const [successor, setSuccessor] = useState(deprecated?.successor ?? '');
  const [reason, setReason] = useState(deprecated?.reason ?? '');
  return (
    <ConfirmDialog
      title={`Deprecate ${title}`}
      action="Deprecate"
      dangerous
      ready={Boolean(reason.trim())}
      onConfirm={() =>
        attempt(() =>
          manage(api =>
            api.deprecate({
              ...plugin,
              reason: reason.trim(),
              ...(successor.trim() && { successor: successor.trim() }),
            }),
          ),
        )
      }
      onClose={onClose}
    >
      <Typography>
        The portal says so in the plugin’s description on GitHub, by a pull
        request that it merges. The plugin leaves the marketplace’s list unless
        somebody asks for deprecated ones, and its page shows your reason and
        the successor. Its versions stay, and what runs goes on.
      </Typography>
      <EntityField
        label="Successor (optional)"
        kinds={[ENVOY_GO_PLUGIN_KIND]}
        value={successor}
        onChange={value => {
          setSuccessor(value);
          forget();
        }}
        except={stringifyEntityRef({ kind: ENVOY_GO_PLUGIN_KIND, ...plugin })}
        helperText="The plugin to use in its place."
        error={refusalOf('successor')}
      />
      <ReasonField
        value={reason}
        onChange={setReason}
        helperText="Everybody who opens the plugin reads it; it is recorded."
      />
    </ConfirmDialog>
  );
}
