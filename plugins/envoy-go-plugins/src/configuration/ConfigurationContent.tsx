import { useMemo, useState } from 'react';
import Paper from '@material-ui/core/Paper';
import { makeStyles } from '@material-ui/core/styles';
import Tab from '@material-ui/core/Tab';
import Tabs from '@material-ui/core/Tabs';
import Typography from '@material-ui/core/Typography';
import FitIcon from '@material-ui/icons/CheckCircleOutline';
import ProblemIcon from '@material-ui/icons/ErrorOutline';
import WarningIcon from '@material-ui/icons/ReportProblemOutlined';
import Form from '@rjsf/material-ui';
import { customizeValidator } from '@rjsf/validator-ajv8';
import Ajv2020 from 'ajv/dist/2020';
import type { JsonObject, JsonValue } from '@backstage/types';
import {
  configDefaults,
  createConfigValidator,
  renderEnvoyGatewayExtensionPolicy,
  renderEnvoyHttpFilter,
  renderIstioEnvoyFilter,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type {
  EnvoyGoPluginConfig,
  EnvoyGoPluginEntity,
  FieldProblem,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { CopyButton } from '../clipboard';
import { readableErrorColor } from '../accessibility';
import { usePluginEntity } from '../plugin-entity';
import { ExamplesMenu } from './ExamplesMenu';
import { SchemaTable } from './SchemaTable';
import { YamlText } from './YamlText';
import {
  filledSecrets,
  formSchemaOf,
  problemsForForm,
  uiSchemaOf,
} from './configurationForm';

const SNIPPETS = [
  { title: 'Envoy', render: renderEnvoyHttpFilter },
  { title: 'Envoy Gateway', render: renderEnvoyGatewayExtensionPolicy },
  { title: 'Istio', render: renderIstioEnvoyFilter },
] as const;

/** Lays the form out; it decides which alternative of a schema a value is, not what is valid. */
const formValidator = customizeValidator({
  AjvClass: Ajv2020,
  ajvOptionsOverrides: { validateSchema: false, logger: false },
});

const useStyles = makeStyles(theme => ({
  columns: {
    display: 'grid',
    gap: theme.spacing(3),
    gridTemplateColumns: 'minmax(0, 1fr)',
    alignItems: 'start',
    [theme.breakpoints.up('md')]: {
      gridTemplateColumns: 'minmax(0, 5fr) minmax(0, 6fr)',
    },
  },
  panel: { padding: theme.spacing(2) },
  snippet: {
    padding: theme.spacing(2),
    [theme.breakpoints.up('md')]: {
      position: 'sticky',
      top: theme.spacing(2),
    },
  },
  head: {
    display: 'flex',
    alignItems: 'center',
    justifyContent: 'space-between',
    gap: theme.spacing(2),
    minHeight: 48,
    marginBottom: theme.spacing(1),
  },
  tabs: { minHeight: 40 },
  tab: {
    minWidth: 0,
    minHeight: 40,
    padding: theme.spacing(1, 1.5),
    '&:hover': { backgroundColor: theme.palette.action.hover },
  },
  form: {
    '& .MuiPaper-root': {
      boxShadow: 'none',
      border: `1px solid ${theme.palette.divider}`,
    },
    '& .MuiFormControl-root': { width: '100%' },
    '& .MuiTypography-h5': {
      fontSize: theme.typography.pxToRem(16),
      marginBottom: theme.spacing(0.5),
    },
    '& .MuiTypography-subtitle2': { color: theme.palette.textSubtle },
    '& .Mui-error': { color: readableErrorColor(theme) },
  },
  code: { '& pre': { maxHeight: '60vh' } },
  status: {
    display: 'flex',
    alignItems: 'flex-start',
    gap: theme.spacing(1),
    minHeight: 24,
    marginTop: theme.spacing(1.5),
  },
  icon: { flex: 'none', fontSize: 20 },
  problems: { margin: theme.spacing(0.5, 0, 0), paddingLeft: theme.spacing(2) },
  reference: { marginTop: theme.spacing(4) },
  referenceTitle: { marginBottom: theme.spacing(1) },
}));

function Snippet(props: {
  entity: EnvoyGoPluginEntity;
  value: JsonValue | undefined;
  problems: FieldProblem[];
  secrets: string[];
}) {
  const { entity, value, problems, secrets } = props;
  const classes = useStyles();
  const [tab, setTab] = useState(0);
  const { title, render } = SNIPPETS[tab];
  const text = useMemo(() => render(entity, value), [render, entity, value]);

  return (
    <Paper variant="outlined" className={classes.snippet}>
      <div className={classes.head}>
        <Tabs
          className={classes.tabs}
          value={tab}
          onChange={(_, index) => setTab(index)}
          indicatorColor="primary"
          textColor="primary"
          variant="scrollable"
          scrollButtons="off"
          aria-label="Snippets"
        >
          {SNIPPETS.map((one, index) => (
            <Tab
              key={one.title}
              className={classes.tab}
              label={one.title}
              id={`snippet-tab-${index}`}
              aria-controls="snippet-panel"
            />
          ))}
        </Tabs>
        <CopyButton text={text} what={`the ${title} snippet`}>
          Copy
        </CopyButton>
      </div>
      <div className={classes.code}>
        <YamlText text={text} id="snippet-panel" tabId={`snippet-tab-${tab}`} />
      </div>
      <div role="status">
        {problems.length === 0 ? (
          <Typography variant="body2" className={classes.status}>
            <FitIcon className={classes.icon} aria-hidden />
            The configuration fits the plugin’s schema.
          </Typography>
        ) : (
          <div className={classes.status}>
            <ProblemIcon className={classes.icon} color="error" aria-hidden />
            <Typography variant="body2" component="div">
              {problems.length === 1
                ? 'One value is missing or wrong; the filter would refuse this configuration:'
                : `${problems.length} values are missing or wrong; the filter would refuse this configuration:`}
              <ul className={classes.problems}>
                {problems.map(({ path, message }) => (
                  <li key={`${path} ${message}`}>
                    {path ? <code>{path}</code> : 'The configuration'} {message}
                  </li>
                ))}
              </ul>
            </Typography>
          </div>
        )}
      </div>
      {secrets.length > 0 && (
        <Typography variant="body2" className={classes.status}>
          <WarningIcon className={classes.icon} aria-hidden />
          <span>
            The snippet shows {secrets.join(', ')} in the clear. It has not left
            your browser; keep it out of version control.
          </span>
        </Typography>
      )}
    </Paper>
  );
}

function ConfigurationForm(props: {
  entity: EnvoyGoPluginEntity;
  config: EnvoyGoPluginConfig;
}) {
  const { entity, config } = props;
  const { schema } = config;
  const classes = useStyles();
  const defaults = useMemo(() => configDefaults(schema), [schema]);
  const validate = useMemo(() => createConfigValidator(schema), [schema]);
  const formSchema = useMemo(() => formSchemaOf(schema), [schema]);
  const uiSchema = useMemo(() => uiSchemaOf(schema), [schema]);

  const [value, setValue] = useState<JsonValue | undefined>(defaults);
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [start, setStart] = useState(0);

  const problems = useMemo(() => validate(value), [validate, value]);
  const errors = useMemo(
    () => problemsForForm(problems, value, touched),
    [problems, value, touched],
  );
  const touch = (id: string | undefined) => {
    if (id && !touched.has(id)) {
      setTouched(new Set([...touched, id]));
    }
  };
  const begin = (from: JsonValue | undefined) => {
    setValue(from);
    setTouched(new Set());
    setStart(start + 1);
  };

  return (
    <>
      <div className={classes.columns}>
        <Paper variant="outlined" className={classes.panel}>
          <div className={classes.head}>
            <Typography variant="h6" component="h2">
              Configure
            </Typography>
            <ExamplesMenu
              examples={config.examples ?? []}
              onPick={example => begin(example.value)}
              onDefaults={() => begin(defaults)}
            />
          </div>
          <div className={classes.form}>
            <Form
              key={start}
              tagName="div"
              schema={formSchema}
              uiSchema={uiSchema}
              validator={formValidator}
              formData={value}
              extraErrors={errors}
              noValidate
              noHtml5Validate
              showErrorList={false}
              experimental_defaultFormStateBehavior={{
                emptyObjectFields: 'skipDefaults',
              }}
              onChange={(event, id) => {
                setValue(event.formData);
                touch(id);
              }}
              onBlur={touch}
            />
          </div>
        </Paper>
        <Snippet
          entity={entity}
          value={value}
          problems={problems}
          secrets={filledSecrets(schema, value)}
        />
      </div>
      <div className={classes.reference}>
        <Typography
          variant="h6"
          component="h2"
          className={classes.referenceTitle}
        >
          Fields
        </Typography>
        <SchemaTable schema={schema} />
      </div>
    </>
  );
}

function hasFields(schema: JsonObject): boolean {
  return Object.keys(schema).length > 0;
}

/**
 * Puts a plugin's configuration together: a form made from its schema, what to paste for Envoy, Envoy Gateway and
 * Istio, and the schema to read.
 */
export function ConfigurationContent() {
  const classes = useStyles();
  const { entity } = usePluginEntity();
  const { config } = entity.spec;

  if (!config || !hasFields(config.schema)) {
    return (
      <div className={classes.columns}>
        <Paper variant="outlined" className={classes.panel}>
          <Typography variant="h6" component="h2" gutterBottom>
            No configuration
          </Typography>
          <Typography>
            This plugin takes no configuration: the snippet beside is all there
            is to it.
          </Typography>
        </Paper>
        <Snippet entity={entity} value={undefined} problems={[]} secrets={[]} />
      </div>
    );
  }
  return <ConfigurationForm entity={entity} config={config} />;
}
