import type { ReactNode } from 'react';
import Box from '@material-ui/core/Box';
import Chip from '@material-ui/core/Chip';
import ListItemIcon from '@material-ui/core/ListItemIcon';
import ListItemText from '@material-ui/core/ListItemText';
import { makeStyles } from '@material-ui/core/styles';
import { Link } from '@backstage/core-components';
import type {
  IndexableDocument,
  ResultHighlight,
} from '@backstage/plugin-search-common';
import { HighlightedSearchResultText } from '@backstage/plugin-search-react';
import { runtimeLabel } from '../vocabulary';

const useStyles = makeStyles(theme => ({
  title: { fontWeight: 600, overflowWrap: 'anywhere' },
  item: { display: 'flex', flex: 1, minWidth: 0 },
  chips: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(0.5),
    marginTop: theme.spacing(1),
  },
  chip: { margin: 0 },
}));

/** @public */
export interface EnvoyGoPluginSearchResultListItemProps {
  icon?: ReactNode;
  result?: IndexableDocument;
  highlight?: ResultHighlight;
  rank?: number;
  /** How much of the text is shown, in lines. Default 3. */
  lineClamp?: number;
}

function text(document: IndexableDocument, field: string): string | undefined {
  const value: unknown = Reflect.get(document, field);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A field of the document, with what was searched for marked in it. */
function Highlighted(props: {
  text: string;
  field: string;
  highlight?: ResultHighlight;
}) {
  const { highlight, field } = props;
  if (!highlight) {
    return <>{props.text}</>;
  }
  const { preTag, postTag } = highlight;
  // Some search engines mark nothing at all at the end of a field, from where the rest would be taken for marked.
  const found = highlight.fields[field]?.split(`${preTag}${postTag}`).join('');
  return found?.includes(preTag) ? (
    <HighlightedSearchResultText
      text={found}
      preTag={preTag}
      postTag={postTag}
    />
  ) : (
    <>{props.text}</>
  );
}

/** A plugin among the results of the portal's search. */
export function EnvoyGoPluginSearchResultListItem(
  props: EnvoyGoPluginSearchResultListItemProps,
) {
  const { icon, result, highlight, lineClamp = 3 } = props;
  const classes = useStyles();
  if (!result) {
    return null;
  }
  const description = text(result, 'description');
  const category = text(result, 'category');
  const runtime = text(result, 'runtime');
  const lifecycle = text(result, 'lifecycle');
  const filterName = text(result, 'filterName');
  const chips = [
    category,
    runtime && runtimeLabel(runtime),
    lifecycle !== 'production' && lifecycle,
    filterName && `filter ${filterName}`,
  ].filter((chip): chip is string => Boolean(chip));

  return (
    <div className={classes.item}>
      {icon && <ListItemIcon>{icon}</ListItemIcon>}
      <Box flex={1} minWidth={0}>
        <ListItemText
          primaryTypographyProps={{ variant: 'h6', component: 'h3' }}
          primary={
            <Link to={result.location} className={classes.title} noTrack>
              <Highlighted
                text={result.title}
                field="title"
                highlight={highlight}
              />
            </Link>
          }
          secondaryTypographyProps={{ component: 'div' }}
          secondary={
            <span
              style={{
                display: '-webkit-box',
                WebkitBoxOrient: 'vertical',
                WebkitLineClamp: lineClamp,
                overflow: 'hidden',
              }}
            >
              <Highlighted
                text={description ?? result.text}
                field={description === undefined ? 'text' : 'description'}
                highlight={highlight}
              />
            </span>
          }
        />
        <div className={classes.chips}>
          {chips.map(chip => (
            <Chip
              key={chip}
              className={classes.chip}
              size="small"
              variant="outlined"
              label={chip}
            />
          ))}
        </div>
      </Box>
    </div>
  );
}
