import SvgIcon from '@material-ui/core/SvgIcon';
import type { SvgIconProps } from '@material-ui/core/SvgIcon';

/**
 * The picture of the kind: a filter slotted into a stream.
 *
 * @public
 */
export function EnvoyGoPluginIcon(props: SvgIconProps) {
  return (
    <SvgIcon {...props}>
      <path d="M2 11h4.2a6 6 0 0 1 11.6 0H22v2h-4.2a6 6 0 0 1-11.6 0H2zm10-3.9a4.9 4.9 0 1 0 0 9.8 4.9 4.9 0 0 0 0-9.8zm0 2.1 2.8 2.8-2.8 2.8-1.3-1.3.7-.7H9.2v-1.6h2.2l-.7-.7z" />
    </SvgIcon>
  );
}
