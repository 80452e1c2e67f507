import { useId } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import TextField from '@material-ui/core/TextField';

const useStyles = makeStyles(theme => ({
  label: { color: theme.palette.textSubtle },
}));

/** Why something is done to a plugin; it cannot be left empty. */
export function ReasonField(props: {
  value: string;
  onChange: (value: string) => void;
  /** Who reads it, as a sentence. */
  helperText: string;
}) {
  const classes = useStyles();
  const id = useId();
  return (
    <TextField
      id={id}
      required
      fullWidth
      multiline
      minRows={2}
      maxRows={8}
      variant="outlined"
      size="small"
      label="Reason"
      inputProps={{ maxLength: 1000 }}
      InputLabelProps={{ className: classes.label }}
      FormHelperTextProps={{ className: classes.label }}
      helperText={props.helperText}
      value={props.value}
      onChange={event => props.onChange(event.target.value)}
    />
  );
}
