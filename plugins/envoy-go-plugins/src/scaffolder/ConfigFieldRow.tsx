import { useState } from 'react';
import Checkbox from '@material-ui/core/Checkbox';
import FormControlLabel from '@material-ui/core/FormControlLabel';
import IconButton from '@material-ui/core/IconButton';
import { makeStyles } from '@material-ui/core/styles';
import TextField from '@material-ui/core/TextField';
import Tooltip from '@material-ui/core/Tooltip';
import DeleteIcon from '@material-ui/icons/DeleteOutline';
import { CONFIG_FIELD_TYPES } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type {
  ConfigField,
  ConfigFieldType,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { readableErrorColor } from '../accessibility';
import { defaultAsText, defaultFromText } from './configFieldDefault';

const TYPE_LABELS: Record<ConfigFieldType, string> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
  duration: 'duration',
  'string[]': 'list of text',
};

const DEFAULT_HINTS: Partial<Record<ConfigFieldType, string>> = {
  duration: 'such as 150ms or 1m30s',
  'string[]': 'separated by commas',
};

const useStyles = makeStyles(theme => ({
  root: {
    display: 'grid',
    gap: theme.spacing(2),
    gridTemplateColumns: 'minmax(0, 1fr)',
    alignItems: 'start',
    border: `1px solid ${theme.palette.divider}`,
    borderRadius: theme.shape.borderRadius,
    margin: theme.spacing(0, 0, 2),
    padding: theme.spacing(2),
    '& .Mui-error': { color: readableErrorColor(theme) },
    [theme.breakpoints.up('sm')]: {
      gridTemplateColumns: 'minmax(0, 3fr) minmax(0, 2fr) minmax(0, 2fr)',
    },
  },
  wide: {
    [theme.breakpoints.up('sm')]: { gridColumn: '1 / 3' },
  },
  flags: { display: 'flex', alignItems: 'center' },
  flag: { marginRight: theme.spacing(1) },
  remove: { marginLeft: 'auto' },
}));

/** One field of the configuration that a new filter will have. */
export function ConfigFieldRow(props: {
  id: string;
  number: number;
  field: ConfigField;
  /** What is wrong, by the part of the field that it is about. */
  problems: Partial<Record<string, string>>;
  disabled?: boolean;
  onChange: (field: ConfigField) => void;
  onLeave: () => void;
  onRemove: () => void;
}) {
  const { id, number, field, problems, disabled } = props;
  const { onChange, onLeave, onRemove } = props;
  const classes = useStyles();
  const [defaultText, setDefaultText] = useState(defaultAsText(field.default));

  const change = (part: Partial<ConfigField>) => {
    const changed = { ...field, ...part };
    if (changed.default === undefined) {
      delete changed.default;
    }
    if (changed.secret === undefined) {
      delete changed.secret;
    }
    onChange(changed);
  };

  const changeType = (type: ConfigFieldType) => {
    setDefaultText('');
    change({
      type,
      default: undefined,
      ...(type !== 'string' && { secret: undefined }),
    });
  };

  const changeDefault = (text: string) => {
    setDefaultText(text);
    change({ default: defaultFromText(text, field.type) });
  };

  const withoutDefault = field.required || field.secret;
  const flags = [
    { key: 'required', label: 'required', possible: true },
    { key: 'secret', label: 'secret', possible: field.type === 'string' },
  ] as const;

  return (
    <fieldset className={classes.root} aria-label={`Field ${number}`}>
      <TextField
        id={`${id}-name`}
        label="Name"
        size="small"
        variant="outlined"
        value={field.name}
        placeholder="maxRequests"
        disabled={disabled}
        error={Boolean(problems.name)}
        helperText={problems.name}
        onChange={event => change({ name: event.target.value })}
        onBlur={onLeave}
        inputProps={{ spellCheck: false, autoCapitalize: 'none' }}
      />
      <TextField
        id={`${id}-type`}
        label="Type"
        size="small"
        variant="outlined"
        select
        SelectProps={{ native: true }}
        value={field.type}
        disabled={disabled}
        error={Boolean(problems.type)}
        helperText={problems.type}
        onChange={event => {
          const type = CONFIG_FIELD_TYPES.find(
            one => one === event.target.value,
          );
          if (type) {
            changeType(type);
          }
        }}
      >
        {CONFIG_FIELD_TYPES.map(type => (
          <option key={type} value={type}>
            {TYPE_LABELS[type]}
          </option>
        ))}
      </TextField>
      {field.type === 'boolean' ? (
        <TextField
          id={`${id}-default`}
          label="Default"
          size="small"
          variant="outlined"
          select
          SelectProps={{ native: true }}
          InputLabelProps={{ shrink: true }}
          value={defaultText}
          disabled={disabled || withoutDefault}
          error={Boolean(problems.default)}
          helperText={problems.default}
          onChange={event => changeDefault(event.target.value)}
        >
          <option value="">none</option>
          <option value="true">true</option>
          <option value="false">false</option>
        </TextField>
      ) : (
        <TextField
          id={`${id}-default`}
          label="Default"
          size="small"
          variant="outlined"
          value={defaultText}
          disabled={disabled || withoutDefault}
          error={Boolean(problems.default)}
          helperText={problems.default ?? DEFAULT_HINTS[field.type]}
          onChange={event => changeDefault(event.target.value)}
        />
      )}
      <TextField
        id={`${id}-description`}
        className={classes.wide}
        label="What it does"
        size="small"
        variant="outlined"
        value={field.description ?? ''}
        disabled={disabled}
        error={Boolean(problems.description)}
        helperText={problems.description}
        onChange={event => change({ description: event.target.value })}
      />
      <div className={classes.flags}>
        {flags
          .filter(flag => flag.possible)
          .map(flag => (
            <FormControlLabel
              key={flag.key}
              className={classes.flag}
              label={flag.label}
              control={
                <Checkbox
                  size="small"
                  color="primary"
                  checked={Boolean(field[flag.key])}
                  disabled={disabled}
                  onChange={event => {
                    const ticked = event.target.checked;
                    if (ticked) {
                      setDefaultText('');
                    }
                    change({
                      [flag.key]: ticked,
                      ...(ticked && { default: undefined }),
                    });
                  }}
                />
              }
            />
          ))}
        <Tooltip title={`Remove field ${number}`}>
          <span className={classes.remove}>
            <IconButton
              size="small"
              aria-label={`Remove field ${number}`}
              disabled={disabled}
              onClick={onRemove}
            >
              <DeleteIcon />
            </IconButton>
          </span>
        </Tooltip>
      </div>
    </fieldset>
  );
}
