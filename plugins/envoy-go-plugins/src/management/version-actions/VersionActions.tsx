import { useId, useState } from 'react';
import IconButton from '@material-ui/core/IconButton';
import Menu from '@material-ui/core/Menu';
import MenuItem from '@material-ui/core/MenuItem';
import MoreIcon from '@material-ui/icons/MoreVert';
import type {
  PluginLocator,
  PluginVersion,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { useManagement } from '../answers';
import { RebuildDialog } from '../dialogs/RebuildDialog';
import { YankDialog } from '../dialogs/YankDialog';

/** What is done to a version out of a list. */
const DIALOGS = { yank: YankDialog, rebuild: RebuildDialog };

/**
 * The menu at the end of a version's row: what the reader may do with it. Nothing for readers who may do nothing.
 */
export function VersionActions(props: {
  plugin: PluginLocator;
  version: Pick<PluginVersion, 'version' | 'yanked'>;
}) {
  const { plugin } = props;
  const { version, yanked } = props.version;
  const { management, manage } = useManagement(plugin);
  const menuId = useId();
  const [anchor, setAnchor] = useState<HTMLElement>();
  const [chosen, setChosen] = useState<keyof typeof DIALOGS>();

  const allowed = management?.allowedActions ?? [];
  const mayYank = allowed.includes('yank') && !yanked;
  const mayRebuild = allowed.includes('rebuild');
  const choose = (action: keyof typeof DIALOGS) => {
    setAnchor(undefined);
    setChosen(action);
  };
  const Dialog = chosen && DIALOGS[chosen];

  return (
    <>
      {(mayYank || mayRebuild) && (
        <IconButton
          size="small"
          aria-label={`Manage version ${version}`}
          aria-haspopup="menu"
          aria-controls={anchor ? menuId : undefined}
          onClick={event => setAnchor(event.currentTarget)}
        >
          <MoreIcon />
        </IconButton>
      )}
      <Menu
        id={menuId}
        anchorEl={anchor}
        open={Boolean(anchor)}
        onClose={() => setAnchor(undefined)}
      >
        {mayRebuild && (
          <MenuItem onClick={() => choose('rebuild')}>Rebuild …</MenuItem>
        )}
        {mayYank && <MenuItem onClick={() => choose('yank')}>Yank …</MenuItem>}
      </Menu>
      {Dialog && (
        <Dialog
          plugin={plugin}
          version={version}
          manage={manage}
          onClose={() => setChosen(undefined)}
        />
      )}
    </>
  );
}
