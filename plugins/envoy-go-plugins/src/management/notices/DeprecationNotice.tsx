import { makeStyles } from '@material-ui/core/styles';
import Alert from '@material-ui/lab/Alert';
import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import { ENVOY_GO_PLUGIN_KIND } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { usePluginEntity } from '../../plugin-entity';

const useStyles = makeStyles(theme => ({
  root: {
    marginBottom: theme.spacing(2),
    '& .MuiAlert-message': {
      overflowWrap: 'anywhere',
      minWidth: 0,
      color: theme.palette.text.primary,
    },
  },
}));

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** Says that a plugin is deprecated, why, and what to use in its place. Nothing for the others. */
export function DeprecationNotice() {
  const classes = useStyles();
  const { entity, locator } = usePluginEntity();
  const { lifecycle, deprecation } = entity.spec;
  if (lifecycle !== 'deprecated') {
    return null;
  }
  const successor =
    deprecation?.successor &&
    stringifyEntityRef(
      parseEntityRef(deprecation.successor, {
        defaultKind: ENVOY_GO_PLUGIN_KIND,
        defaultNamespace: locator.namespace,
      }),
    );
  return (
    <Alert
      severity="warning"
      variant="outlined"
      role="note"
      className={classes.root}
    >
      <strong>Deprecated.</strong>{' '}
      {deprecation?.reason
        ? sentence(deprecation.reason)
        : 'Nobody should begin to use it.'}
      {successor && (
        <>
          {' '}
          Use{' '}
          <EntityRefLink
            entityRef={successor}
            defaultKind={ENVOY_GO_PLUGIN_KIND}
            hideIcon
            underline="always"
          />{' '}
          in its place.
        </>
      )}
    </Alert>
  );
}
