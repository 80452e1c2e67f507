import UseIcon from '@material-ui/icons/PlayArrowOutlined';
import { usePluginEntity } from './usePluginEntity';

/** The link "Use this plugin" in the catalog's own about card. */
export function useUsePluginLink() {
  const { configurationPath } = usePluginEntity();
  return {
    label: 'Use this plugin',
    icon: <UseIcon />,
    href: configurationPath,
  };
}
