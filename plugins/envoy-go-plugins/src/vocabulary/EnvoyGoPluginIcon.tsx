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
      <path d="M1 11h4.1a7 7 0 0 1 13.8 0H23v2h-4.1a7 7 0 0 1-13.8 0H1zm11-4a5 5 0 1 0 0 10 5 5 0 0 0 0-10zm0 2.6a2.4 2.4 0 1 1 0 4.8 2.4 2.4 0 0 1 0-4.8z" />
    </SvgIcon>
  );
}
