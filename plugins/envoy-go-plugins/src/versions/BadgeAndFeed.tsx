import { useId } from 'react';
import Paper from '@material-ui/core/Paper';
import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import useAsync from 'react-use/esm/useAsync';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { Link } from '@backstage/core-components';
import { discoveryApiRef, useApi } from '@backstage/core-plugin-api';
import { useEntityRefLink } from '@backstage/plugin-catalog-react';
import { ENVOY_GO_PLUGIN_KIND } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { PluginLocator } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { CommandLine } from '../commands';

const useStyles = makeStyles(theme => ({
  root: {
    marginTop: theme.spacing(3),
    padding: theme.spacing(2),
    maxWidth: 860,
  },
  title: { fontSize: theme.typography.pxToRem(16), fontWeight: 600 },
  badge: { display: 'block', height: 20, margin: theme.spacing(1, 0) },
  feed: { marginTop: theme.spacing(1) },
}));

/** What one puts into a README, and into a feed reader, to see how a plugin's latest version did. */
export function BadgeAndFeed(props: { plugin: PluginLocator }) {
  const { namespace, name } = props.plugin;
  const classes = useStyles();
  const titleId = useId();
  const discovery = useApi(discoveryApiRef);
  const entityLink = useEntityRefLink();
  const { value: baseUrl } = useAsync(
    () => discovery.getBaseUrl('envoy-go-plugins'),
    [discovery],
  );
  if (!baseUrl) {
    return null;
  }
  const path = `${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`;
  const badge = `${baseUrl}/badge/${path}.svg`;
  const page = new URL(
    entityLink(
      stringifyEntityRef({ kind: ENVOY_GO_PLUGIN_KIND, namespace, name }),
    ),
    window.location.origin,
  );
  return (
    <Paper
      variant="outlined"
      component="section"
      className={classes.root}
      aria-labelledby={titleId}
    >
      <Typography id={titleId} component="h2" className={classes.title}>
        Badge &amp; feed
      </Typography>
      <img
        src={badge}
        alt={`Badge of ${name}: its latest version, and the Envoys that it was proven in`}
        className={classes.badge}
        loading="lazy"
      />
      <CommandLine
        command={`[![${name}](${badge})](${page})`}
        what="the Markdown of the badge"
      />
      <Typography variant="body2" className={classes.feed}>
        New versions as an Atom feed:{' '}
        <Link to={`${baseUrl}/plugins/${path}/feed.atom`}>of this plugin</Link>,{' '}
        <Link to={`${baseUrl}/feed.atom`}>of all plugins</Link>
      </Typography>
    </Paper>
  );
}
