import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent } from 'react';
import IconButton from '@material-ui/core/IconButton';
import { makeStyles } from '@material-ui/core/styles';
import TextField from '@material-ui/core/TextField';
import Typography from '@material-ui/core/Typography';
import NextIcon from '@material-ui/icons/KeyboardArrowDown';
import PreviousIcon from '@material-ui/icons/KeyboardArrowUp';
import { CopyButton } from '../../clipboard';
import { MAX_PLACES, findInText, prettyJson } from './findInText';

const useStyles = makeStyles(theme => ({
  bar: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: theme.spacing(1),
    marginBottom: theme.spacing(1),
  },
  search: {
    flex: '1 1 220px',
    maxWidth: 420,
    backgroundColor: theme.palette.background.paper,
  },
  label: { color: theme.palette.textSubtle },
  places: { minWidth: 64, color: theme.palette.textSubtle },
  grow: { flex: 1 },
  text: {
    margin: 0,
    padding: theme.spacing(2),
    maxHeight: '60vh',
    overflow: 'auto',
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
    fontFamily: 'monospace',
    fontSize: 13,
    lineHeight: 1.5,
    borderRadius: theme.shape.borderRadius,
    border: `1px solid ${theme.palette.divider}`,
    backgroundColor: theme.palette.background.default,
  },
  mark: { backgroundColor: '#ffe58a', color: '#1a1a1a' },
  present: { backgroundColor: '#ff9d3b', color: '#1a1a1a' },
}));

function placesSentence(wanted: string, present: number, places: number) {
  if (!wanted) {
    return '';
  }
  if (places === 0) {
    return 'not found';
  }
  const total = places === MAX_PLACES ? `${MAX_PLACES}+` : places;
  return `${present + 1} of ${total}`;
}

/** What GitHub sent, as JSON that people can read and search. */
export function DeliveryBody(props: { body: string }) {
  const { body } = props;
  const classes = useStyles();
  const [wanted, setWanted] = useState('');
  const [present, setPresent] = useState(0);
  const searched = useDeferredValue(wanted.trim());
  const text = useMemo(() => prettyJson(body), [body]);
  const { pieces, places } = useMemo(
    () => findInText(text, searched),
    [text, searched],
  );
  const mark = useRef<HTMLElement>(null);

  useEffect(() => setPresent(0), [searched]);
  useEffect(() => {
    mark.current?.scrollIntoView?.({ block: 'nearest' });
  }, [present, searched]);

  const step = (by: number) => {
    if (places > 0) {
      setPresent(current => (current + by + places) % places);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') {
      event.preventDefault();
      step(event.shiftKey ? -1 : 1);
    }
  };

  return (
    <>
      <div className={classes.bar}>
        <TextField
          className={classes.search}
          size="small"
          variant="outlined"
          type="search"
          id="envoy-go-plugins-delivery-find"
          label="Find in the body"
          value={wanted}
          InputLabelProps={{ className: classes.label }}
          onChange={event => setWanted(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <IconButton
          size="small"
          aria-label="Previous place"
          disabled={places === 0}
          onClick={() => step(-1)}
        >
          <PreviousIcon />
        </IconButton>
        <IconButton
          size="small"
          aria-label="Next place"
          disabled={places === 0}
          onClick={() => step(1)}
        >
          <NextIcon />
        </IconButton>
        <Typography
          variant="body2"
          component="span"
          role="status"
          className={classes.places}
        >
          {placesSentence(searched, present, places)}
        </Typography>
        <span className={classes.grow} />
        <CopyButton text={text} what="the body">
          Copy
        </CopyButton>
      </div>
      <Typography
        component="pre"
        className={classes.text}
        tabIndex={0}
        role="region"
        aria-label="JSON of the body"
      >
        {pieces.map((piece, index) =>
          piece.place === undefined ? (
            piece.text
          ) : (
            <mark
              key={index}
              ref={piece.place === present ? mark : undefined}
              className={
                piece.place === present ? classes.present : classes.mark
              }
            >
              {piece.text}
            </mark>
          ),
        )}
      </Typography>
    </>
  );
}
