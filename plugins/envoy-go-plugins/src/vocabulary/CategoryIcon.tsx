import AccessIcon from '@material-ui/icons/MeetingRoomOutlined';
import AuthnIcon from '@material-ui/icons/VpnKeyOutlined';
import AuthzIcon from '@material-ui/icons/GavelOutlined';
import ObservabilityIcon from '@material-ui/icons/ShowChart';
import OtherIcon from '@material-ui/icons/ExtensionOutlined';
import TrafficIcon from '@material-ui/icons/TrafficOutlined';
import TransformIcon from '@material-ui/icons/Transform';
import type { EnvoyGoPluginCategory } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

const ICONS: Record<EnvoyGoPluginCategory, typeof OtherIcon> = {
  access: AccessIcon,
  authn: AuthnIcon,
  authz: AuthzIcon,
  traffic: TrafficIcon,
  transform: TransformIcon,
  observability: ObservabilityIcon,
  other: OtherIcon,
};

/** The picture of a category. Purely decorative: the category's name is always beside it. */
export function CategoryIcon(props: { category: EnvoyGoPluginCategory }) {
  const Icon = ICONS[props.category] ?? OtherIcon;
  return <Icon fontSize="small" aria-hidden />;
}
