import { useEffect, useRef, useState } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import TextField from '@material-ui/core/TextField';
import useDebounce from 'react-use/esm/useDebounce';

/** How long the typing must pause before the list is asked, in milliseconds. */
const TYPING_PAUSE_MS = 300;

const useStyles = makeStyles(theme => ({
  root: {
    flex: '0 1 240px',
    minWidth: 160,
    backgroundColor: theme.palette.background.paper,
  },
  label: { color: theme.palette.textSubtle },
}));

/** Narrows the list to one repository. */
export function RepositoryFilter(props: {
  repository: string;
  onChange: (repository: string, options: { replace: boolean }) => void;
}) {
  const { repository, onChange } = props;
  const classes = useStyles();
  const [draft, setDraft] = useState(repository);
  const handedOn = useRef(repository);

  useEffect(() => {
    if (repository !== handedOn.current) {
      handedOn.current = repository;
      setDraft(repository);
    }
  }, [repository]);

  const handOn = (value: string) => {
    const wanted = value.trim();
    if (wanted !== handedOn.current) {
      const replace = handedOn.current !== '';
      handedOn.current = wanted;
      onChange(wanted, { replace });
    }
  };
  useDebounce(() => handOn(draft), TYPING_PAUSE_MS, [draft]);

  return (
    <TextField
      className={classes.root}
      size="small"
      variant="outlined"
      label="Repository"
      id="envoy-go-plugins-deliveries-repository"
      placeholder="OWNER/NAME"
      value={draft}
      InputLabelProps={{ className: classes.label, shrink: true }}
      inputProps={{ maxLength: 200, spellCheck: false }}
      onChange={event => setDraft(event.target.value)}
      onKeyDown={event => {
        if (event.key === 'Enter') {
          handOn(draft);
        }
      }}
    />
  );
}
