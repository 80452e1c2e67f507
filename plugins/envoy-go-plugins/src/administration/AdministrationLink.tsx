import AdministrationIcon from '@material-ui/icons/SettingsOutlined';
import { LinkButton } from '@backstage/core-components';
import { useRouteRef } from '@backstage/core-plugin-api';
import { administrationRouteRef } from '../routes';
import { useAdministrator } from './permission';

/** Leads administrators to their pages; for others there is nothing. */
export function AdministrationLink() {
  const path = useRouteRef(administrationRouteRef);
  const { allowed } = useAdministrator();
  if (!allowed) {
    return null;
  }
  return (
    <LinkButton to={path()} startIcon={<AdministrationIcon />}>
      Administration
    </LinkButton>
  );
}
