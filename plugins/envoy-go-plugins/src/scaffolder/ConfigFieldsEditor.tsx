import { useMemo, useRef, useState } from 'react';
import Button from '@material-ui/core/Button';
import { makeStyles } from '@material-ui/core/styles';
import Tab from '@material-ui/core/Tab';
import Tabs from '@material-ui/core/Tabs';
import Typography from '@material-ui/core/Typography';
import AddIcon from '@material-ui/icons/Add';
import {
  configFieldsToJsonSchema,
  validateConfigFields,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { ConfigField } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { ConfigFieldRow } from './ConfigFieldRow';
import { goStructPreview } from './goStructPreview';

const useStyles = makeStyles(theme => ({
  empty: { margin: theme.spacing(1, 0, 2) },
  preview: {
    marginTop: theme.spacing(3),
    border: `1px solid ${theme.palette.divider}`,
    borderRadius: theme.shape.borderRadius,
  },
  code: {
    margin: 0,
    padding: theme.spacing(2),
    maxHeight: 360,
    overflow: 'auto',
    tabSize: 4,
    fontSize: theme.typography.pxToRem(13),
    lineHeight: 1.5,
    backgroundColor: theme.palette.background.default,
    '&:focus-visible': { outline: `2px solid ${theme.palette.primary.main}` },
  },
  tab: { '&:hover': { backgroundColor: theme.palette.action.hover } },
  later: { padding: theme.spacing(2) },
}));

const PREVIEWS = ['Go struct', 'JSON Schema'] as const;

/** What is wrong with each field, by its index and the part that it is about. */
function problemsByField(
  fields: ConfigField[],
): Map<number, Partial<Record<string, string>>> {
  const problems = new Map<number, Partial<Record<string, string>>>();
  for (const { path, message } of validateConfigFields(fields)) {
    const [index, part = 'name'] = path.split('.');
    const ofField = problems.get(Number(index)) ?? {};
    ofField[part] ??= message;
    problems.set(Number(index), ofField);
  }
  return problems;
}

/**
 * Defines the fields of a new filter's configuration, and shows the Go struct and the JSON Schema that will be made of
 * them. That a name is missing is said once its field has been left.
 */
export function ConfigFieldsEditor(props: {
  id: string;
  fields: ConfigField[];
  /** The plugin's name, as far as it is known. */
  plugin: string;
  disabled?: boolean;
  /** Whether everything that is wrong is to be shown, as after an attempt to go on. */
  strict: boolean;
  onChange: (fields: ConfigField[]) => void;
}) {
  const { id, fields, plugin, disabled, strict, onChange } = props;
  const classes = useStyles();
  const [preview, setPreview] = useState(0);
  const [left, setLeft] = useState<ReadonlySet<number>>(new Set());
  const keys = useRef<number[]>([]);
  const nextKey = useRef(0);
  while (keys.current.length < fields.length) {
    keys.current.push(nextKey.current++);
  }

  const problems = useMemo(() => problemsByField(fields), [fields]);
  const shown = useMemo(() => {
    if (problems.size > 0) {
      return undefined;
    }
    return preview === 0
      ? goStructPreview(fields, plugin)
      : JSON.stringify(configFieldsToJsonSchema(fields), undefined, 2);
  }, [problems, preview, fields, plugin]);

  const problemsOf = (index: number) => {
    const ofField = problems.get(index) ?? {};
    const untouched =
      fields[index].name === '' && !strict && !left.has(keys.current[index]);
    return untouched ? { ...ofField, name: undefined } : ofField;
  };

  return (
    <div>
      {fields.length === 0 && (
        <Typography className={classes.empty}>
          No fields yet: the filter takes no configuration.
        </Typography>
      )}
      {fields.map((field, index) => (
        <ConfigFieldRow
          key={keys.current[index]}
          id={`${id}-${keys.current[index]}`}
          number={index + 1}
          field={field}
          problems={problemsOf(index)}
          disabled={disabled}
          onChange={changed =>
            onChange(fields.map((one, at) => (at === index ? changed : one)))
          }
          onLeave={() => setLeft(new Set([...left, keys.current[index]]))}
          onRemove={() => {
            keys.current.splice(index, 1);
            onChange(fields.filter((_, at) => at !== index));
          }}
        />
      ))}
      <Button
        variant="outlined"
        color="primary"
        startIcon={<AddIcon />}
        disabled={disabled}
        onClick={() => onChange([...fields, { name: '', type: 'string' }])}
      >
        Add a field
      </Button>
      {fields.length > 0 && (
        <div className={classes.preview}>
          <Tabs
            value={preview}
            onChange={(_, index) => setPreview(index)}
            indicatorColor="primary"
            textColor="primary"
            aria-label="Preview"
          >
            {PREVIEWS.map((title, index) => (
              <Tab
                key={title}
                className={classes.tab}
                label={title}
                id={`${id}-preview-${index}`}
                aria-controls={`${id}-preview`}
              />
            ))}
          </Tabs>
          {shown === undefined ? (
            <Typography
              className={classes.later}
              role="tabpanel"
              id={`${id}-preview`}
              aria-labelledby={`${id}-preview-${preview}`}
            >
              The preview appears as soon as every field has a name and a
              fitting default.
            </Typography>
          ) : (
            <pre
              className={classes.code}
              role="tabpanel"
              id={`${id}-preview`}
              aria-labelledby={`${id}-preview-${preview}`}
              tabIndex={0}
            >
              <code>{shown}</code>
            </pre>
          )}
        </div>
      )}
    </div>
  );
}
