import { Fragment } from 'react';
import { makeStyles } from '@material-ui/core/styles';

const useStyles = makeStyles(theme => ({
  root: {
    margin: 0,
    padding: theme.spacing(2),
    overflow: 'auto',
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
    fontSize: theme.typography.pxToRem(13),
    lineHeight: 1.5,
    fontFamily: 'SFMono-Regular, Consolas, "Liberation Mono", Menlo, monospace',
    backgroundColor: theme.palette.background.default,
    borderRadius: theme.shape.borderRadius,
    '&:focus-visible': { outline: `2px solid ${theme.palette.primary.main}` },
  },
  key: { color: theme.palette.primary.main },
  comment: { color: theme.palette.textSubtle, fontStyle: 'italic' },
}));

const LINE = /^(\s*(?:- )*)([^\s#'"][^:#]*|"[^"]*"|'[^']*')(:)(?=\s|$)(.*)$/;

/** YAML with its keys and comments set off, in the theme's own colours. */
export function YamlText(props: {
  text: string;
  id: string;
  /** The id of the tab that the text belongs to. */
  tabId: string;
}) {
  const { text, id, tabId } = props;
  const classes = useStyles();
  return (
    // What scrolls has to be reachable with the keyboard.
    <pre
      className={classes.root}
      role="tabpanel"
      id={id}
      aria-labelledby={tabId}
      tabIndex={0}
    >
      <code>
        {text.split('\n').map((line, index) => {
          const [, indent, key, colon, rest] = line.match(LINE) ?? [];
          let shown;
          if (line.trim().startsWith('#')) {
            shown = <span className={classes.comment}>{line}</span>;
          } else if (key === undefined) {
            shown = line;
          } else {
            shown = (
              <>
                {indent}
                <span className={classes.key}>{key}</span>
                {colon}
                {rest}
              </>
            );
          }
          return (
            <Fragment key={index}>
              {index > 0 && '\n'}
              {shown}
            </Fragment>
          );
        })}
      </code>
    </pre>
  );
}
