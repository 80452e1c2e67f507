import Card from '@material-ui/core/Card';
import Chip from '@material-ui/core/Chip';
import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import { Link } from '@backstage/core-components';
import {
  EntityRefLink,
  useEntityRefLink,
} from '@backstage/plugin-catalog-react';
import type { PluginSummary } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { RelativeTime } from '../time';
import { EnvoyProofs, VerifiedLabel } from '../verified';
import {
  CategoryIcon,
  LifecycleBadge,
  Stars,
  envoyClaim,
  runtimeLabel,
} from '../vocabulary';

/** The least height of a card, in pixels, so that its placeholder is as tall as itself. */
export const PLUGIN_CARD_HEIGHT = 208;

const useStyles = makeStyles(theme => ({
  root: {
    position: 'relative',
    height: '100%',
    minHeight: PLUGIN_CARD_HEIGHT,
    display: 'flex',
    flexDirection: 'column',
    padding: theme.spacing(2),
    transition: theme.transitions.create(['border-color', 'box-shadow'], {
      duration: theme.transitions.duration.shortest,
    }),
    '&:hover': {
      borderColor: theme.palette.primary.main,
      boxShadow: theme.shadows[2],
    },
    '&:focus-within': {
      outline: `2px solid ${theme.palette.primary.main}`,
      outlineOffset: 1,
    },
  },
  head: {
    display: 'flex',
    gap: theme.spacing(1.5),
    alignItems: 'flex-start',
  },
  icon: {
    flex: 'none',
    display: 'grid',
    placeItems: 'center',
    width: 36,
    height: 36,
    borderRadius: theme.shape.borderRadius,
    color: theme.palette.primary.main,
    backgroundColor: theme.palette.action.hover,
  },
  headline: { flex: 1, minWidth: 0 },
  title: {
    fontSize: theme.typography.pxToRem(16),
    fontWeight: 600,
    lineHeight: 1.3,
    margin: 0,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
  },
  link: {
    color: 'inherit',
    '&:hover': { textDecoration: 'none' },
    '&:focus': { outline: 'none' },
    '&::after': { content: '""', position: 'absolute', inset: 0 },
  },
  subtle: { color: theme.palette.textSubtle },
  description: {
    display: '-webkit-box',
    WebkitLineClamp: 2,
    WebkitBoxOrient: 'vertical',
    overflow: 'hidden',
    overflowWrap: 'anywhere',
    minHeight: '2.86em',
    margin: theme.spacing(1.5, 0),
  },
  claim: { margin: 0, maxWidth: '100%' },
  foot: {
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(2),
    marginTop: 'auto',
    paddingTop: theme.spacing(1.5),
  },
  release: {
    flex: 1,
    minWidth: 0,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
  },
  owner: {
    position: 'relative',
    zIndex: 1,
    maxWidth: '40%',
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
  },
}));

/**
 * A plugin in the marketplace. The whole card leads to its page. The Envoy versions on it are those that its latest
 * release was run in and how it did; where there are none, they are what the author claims and are worded so.
 */
export function PluginCard(props: { plugin: PluginSummary }) {
  const { plugin } = props;
  const classes = useStyles();
  const entityLink = useEntityRefLink();

  return (
    <Card variant="outlined" className={classes.root}>
      <div className={classes.head}>
        <span className={classes.icon}>
          <CategoryIcon category={plugin.category} />
        </span>
        <div className={classes.headline}>
          <Typography component="h3" className={classes.title}>
            <Link to={entityLink(plugin.entityRef)} className={classes.link}>
              {plugin.title}
            </Link>
          </Typography>
          <Typography variant="body2" className={classes.subtle} noWrap>
            {plugin.category} · {runtimeLabel(plugin.runtime)}
          </Typography>
        </div>
        <VerifiedLabel verified={plugin.verified} />
        <LifecycleBadge lifecycle={plugin.lifecycle} />
      </div>
      <Typography variant="body2" className={classes.description}>
        {plugin.description}
      </Typography>
      <div>
        {plugin.envoyProofs ? (
          <EnvoyProofs proofs={plugin.envoyProofs} />
        ) : (
          <Chip
            className={classes.claim}
            size="small"
            variant="outlined"
            label={`claims ${envoyClaim(plugin)}`}
          />
        )}
      </div>
      <Typography
        variant="body2"
        component="div"
        className={`${classes.foot} ${classes.subtle}`}
      >
        <span className={classes.release}>
          {plugin.latestRelease ? (
            <>
              {plugin.latestRelease.tag} ·{' '}
              <RelativeTime value={plugin.latestRelease.publishedAt} />
            </>
          ) : (
            'no release yet'
          )}
        </span>
        <Stars count={plugin.stars} />
        <span className={classes.owner}>
          <EntityRefLink
            entityRef={plugin.owner}
            defaultKind="group"
            hideIcon
          />
        </span>
      </Typography>
    </Card>
  );
}
