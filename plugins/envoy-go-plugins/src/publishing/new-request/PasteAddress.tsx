import { useId, useState } from 'react';
import Button from '@material-ui/core/Button';
import { makeStyles } from '@material-ui/core/styles';
import TextField from '@material-ui/core/TextField';
import { repositoryAddress } from './repositoryAddress';

const useStyles = makeStyles(theme => ({
  root: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(1.5),
    alignItems: 'flex-start',
  },
  field: { flex: '1 1 280px' },
  label: { color: theme.palette.textSubtle },
  button: { minHeight: 40 },
}));

/** Takes the address of a repository, in whatever way it was copied. */
export function PasteAddress(props: {
  host: string;
  busy: boolean;
  disabled: boolean;
  onChoose: (repositoryUrl: string) => void;
}) {
  const { host, busy, disabled, onChoose } = props;
  const classes = useStyles();
  const fieldId = useId();
  const [text, setText] = useState('');
  const [tried, setTried] = useState(false);
  const address = repositoryAddress(text, host);
  const wrong = tried && Boolean(text.trim()) && !address;

  return (
    <form
      className={classes.root}
      noValidate
      onSubmit={event => {
        event.preventDefault();
        setTried(true);
        if (address && !disabled) {
          onChoose(address);
        }
      }}
    >
      <TextField
        id={fieldId}
        className={classes.field}
        variant="outlined"
        size="small"
        label="Address of the repository"
        placeholder={`https://${host}/you/your-filter`}
        value={text}
        error={wrong}
        onChange={event => {
          setText(event.target.value);
          setTried(false);
        }}
        InputLabelProps={wrong ? undefined : { className: classes.label }}
        helperText={
          wrong
            ? `This names no repository. Write it like https://${host}/you/your-filter.`
            : undefined
        }
      />
      <Button
        type="submit"
        variant="outlined"
        color="primary"
        className={classes.button}
        disabled={disabled || !text.trim()}
      >
        {busy ? 'Asking …' : 'Check it'}
      </Button>
    </form>
  );
}
