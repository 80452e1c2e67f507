import { useEffect, useRef, useState } from 'react';
import type { KeyboardEvent } from 'react';
import IconButton from '@material-ui/core/IconButton';
import InputAdornment from '@material-ui/core/InputAdornment';
import OutlinedInput from '@material-ui/core/OutlinedInput';
import { makeStyles } from '@material-ui/core/styles';
import ClearIcon from '@material-ui/icons/Clear';
import SearchIcon from '@material-ui/icons/Search';
import useDebounce from 'react-use/esm/useDebounce';

/** How long the typing must pause before the marketplace is asked, in milliseconds. */
const TYPING_PAUSE_MS = 200;

const useStyles = makeStyles(theme => ({
  root: { backgroundColor: theme.palette.background.paper },
  input: {
    padding: theme.spacing(1.5, 0),
    '&::-webkit-search-cancel-button': { display: 'none' },
  },
}));

/**
 * Searches as one types. What is typed is shown at once and handed on when the typing pauses, or on Enter. The first
 * word typed makes an entry in the browser's history, the rest of the same typing does not.
 */
export function SearchField(props: {
  text: string;
  onSearch: (text: string, options: { replace: boolean }) => void;
  /** Its name for screen readers. */
  label?: string;
  placeholder?: string;
}) {
  const {
    text,
    onSearch,
    label = 'Search plugins',
    placeholder = 'Search by name, description, tag, filter name …',
  } = props;
  const classes = useStyles();
  const input = useRef<HTMLInputElement>(null);
  const [draft, setDraft] = useState(text);
  const handedOn = useRef(text);
  const typing = useRef(false);

  useEffect(() => {
    if (text !== handedOn.current) {
      handedOn.current = text;
      typing.current = false;
      setDraft(text);
    }
  }, [text]);

  const search = (value: string) => {
    const wanted = value.trim();
    if (wanted !== handedOn.current) {
      handedOn.current = wanted;
      onSearch(wanted, { replace: typing.current });
      typing.current = true;
    }
  };

  useDebounce(() => search(draft), TYPING_PAUSE_MS, [draft]);

  const clear = () => {
    setDraft('');
    search('');
    input.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') {
      search(draft);
    } else if (event.key === 'Escape' && draft) {
      event.stopPropagation();
      clear();
    }
  };

  return (
    <OutlinedInput
      className={classes.root}
      classes={{ input: classes.input }}
      fullWidth
      type="search"
      inputRef={input}
      value={draft}
      onChange={event => setDraft(event.target.value)}
      onKeyDown={onKeyDown}
      onBlur={() => {
        typing.current = false;
      }}
      placeholder={placeholder}
      inputProps={{ 'aria-label': label, maxLength: 200 }}
      startAdornment={
        <InputAdornment position="start">
          <SearchIcon aria-hidden />
        </InputAdornment>
      }
      endAdornment={
        draft && (
          <InputAdornment position="end">
            <IconButton
              size="small"
              edge="end"
              aria-label="Clear the search"
              onClick={clear}
            >
              <ClearIcon fontSize="small" />
            </IconButton>
          </InputAdornment>
        )
      }
    />
  );
}
