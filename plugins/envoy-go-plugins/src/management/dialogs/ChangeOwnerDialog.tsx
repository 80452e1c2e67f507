import { useState } from 'react';
import Typography from '@material-ui/core/Typography';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import type { PluginManagement } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { ConfirmDialog } from '../../administration/lists';
import type { ManagePlugin } from '../answers';
import { EntityField } from './EntityField';
import { ReasonField } from './ReasonField';
import { useFieldRefusals } from './useFieldRefusals';

/** Gives a plugin another owner, having said what that means. */
export function ChangeOwnerDialog(props: {
  management: PluginManagement;
  title: string;
  manage: ManagePlugin;
  onClose: () => void;
}) {
  const { management, title, manage, onClose } = props;
  const { attempt, refusalOf, forget } = useFieldRefusals();
  const [owner, setOwner] = useState('');
  const [reason, setReason] = useState('');
  return (
    <ConfirmDialog
      title={`Change the owner of ${title}`}
      action="Change owner"
      ready={Boolean(owner.trim() && reason.trim())}
      onConfirm={() =>
        attempt(() =>
          manage(api =>
            api.changeOwner({
              ...management.plugin,
              owner: owner.trim(),
              reason: reason.trim(),
            }),
          ),
        )
      }
      onClose={onClose}
    >
      <Typography>
        The portal changes <code>spec.owner</code> in the plugin’s description
        on GitHub, by a pull request that it merges. The new owner may deprecate
        it, and yank and rebuild its versions;{' '}
        <EntityRefLink entityRef={management.owner} hideIcon /> may not any
        more. Both are told.
      </Typography>
      <EntityField
        label="New owner"
        kinds={['group', 'user']}
        required
        value={owner}
        onChange={value => {
          setOwner(value);
          forget();
        }}
        except={management.owner}
        helperText="A group or a user of the catalog."
        error={refusalOf('owner')}
      />
      <ReasonField
        value={reason}
        onChange={setReason}
        helperText="Both owners read it; it is recorded."
      />
    </ConfirmDialog>
  );
}
