import Box from '@material-ui/core/Box';
import AddIcon from '@material-ui/icons/Add';
import { LinkButton } from '@backstage/core-components';
import { useRouteRef } from '@backstage/core-plugin-api';
import { catalogEntityCreatePermission } from '@backstage/plugin-catalog-common/alpha';
import { usePermission } from '@backstage/plugin-permission-react';
import { AdministrationLink } from '../administration/AdministrationLink';
import { usePublisher } from '../publishing/permission';
import {
  createFromTemplateRouteRef,
  publishingRouteRef,
  registerPluginRouteRef,
} from '../routes';

/** The template that makes a new filter. */
const NEW_FILTER_TEMPLATE = {
  namespace: 'default',
  templateName: 'envoy-go-filter',
};

/** Where a new filter is made; `undefined` in a portal without a scaffolder. */
export function useCreateFilterPath(): string | undefined {
  return useRouteRef(createFromTemplateRouteRef)?.(NEW_FILTER_TEMPLATE);
}

/** The ways into the marketplace: only those that this portal has and this reader may take. */
export function MarketplaceActions() {
  const createPath = useCreateFilterPath();
  const registerPath = useRouteRef(registerPluginRouteRef)?.();
  const publishPath = useRouteRef(publishingRouteRef)();
  const { allowed: mayPublish } = usePublisher();
  const { allowed: mayRegister } = usePermission({
    permission: catalogEntityCreatePermission,
  });

  return (
    <Box display="flex" flexWrap="wrap" gridGap={8}>
      <AdministrationLink />
      {createPath && (
        <LinkButton
          to={createPath}
          variant="contained"
          color="primary"
          startIcon={<AddIcon />}
        >
          Create a filter
        </LinkButton>
      )}
      {mayPublish && (
        <LinkButton to={publishPath} variant="outlined" color="primary">
          Publish a plugin
        </LinkButton>
      )}
      {registerPath && mayRegister && (
        <LinkButton to={registerPath} variant="outlined" color="primary">
          Register existing plugin
        </LinkButton>
      )}
    </Box>
  );
}
