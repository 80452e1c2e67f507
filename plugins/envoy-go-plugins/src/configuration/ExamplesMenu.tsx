import { useState } from 'react';
import Button from '@material-ui/core/Button';
import ListItemText from '@material-ui/core/ListItemText';
import Menu from '@material-ui/core/Menu';
import MenuItem from '@material-ui/core/MenuItem';
import ArrowIcon from '@material-ui/icons/ArrowDropDown';
import type { EnvoyGoPluginConfigExample } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** The author's examples, to start from. */
export function ExamplesMenu(props: {
  examples: EnvoyGoPluginConfigExample[];
  onPick: (example: EnvoyGoPluginConfigExample) => void;
  onDefaults: () => void;
}) {
  const { examples, onPick, onDefaults } = props;
  const [anchor, setAnchor] = useState<HTMLElement>();
  const close = () => setAnchor(undefined);

  return (
    <>
      <Button
        size="small"
        variant="outlined"
        color="primary"
        endIcon={<ArrowIcon />}
        aria-haspopup="menu"
        aria-expanded={Boolean(anchor)}
        onClick={event => setAnchor(event.currentTarget)}
      >
        Examples
      </Button>
      <Menu
        anchorEl={anchor}
        open={Boolean(anchor)}
        onClose={close}
        getContentAnchorEl={null}
        anchorOrigin={{ vertical: 'bottom', horizontal: 'right' }}
        transformOrigin={{ vertical: 'top', horizontal: 'right' }}
      >
        {examples.map((example, index) => (
          <MenuItem
            key={index}
            onClick={() => {
              onPick(example);
              close();
            }}
          >
            <ListItemText
              primary={example.title}
              secondary={example.description}
            />
          </MenuItem>
        ))}
        <MenuItem
          onClick={() => {
            onDefaults();
            close();
          }}
        >
          <ListItemText primary="Defaults only" />
        </MenuItem>
      </Menu>
    </>
  );
}
