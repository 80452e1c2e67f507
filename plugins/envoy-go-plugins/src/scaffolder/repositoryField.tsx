import { useEffect, useMemo } from 'react';
import type { FieldValidation } from '@rjsf/utils';
import { useApi } from '@backstage/core-plugin-api';
import type { ApiHolder } from '@backstage/core-plugin-api';
import {
  scmAuthApiRef,
  scmIntegrationsApiRef,
} from '@backstage/integration-react';
import { makeFieldSchema } from '@backstage/plugin-scaffolder-react';
import { checkRepositoryTarget, parseRepoUrl } from './checkRepositoryTarget';

/** The schema of the field `EnvoyGoRepositoryPicker`; its other options are those of `RepoUrlPicker`. */
export const repositorySchema = makeFieldSchema({
  output: z => z.string(),
  uiOptions: z =>
    z
      .object({
        pluginNameField: z
          .string()
          .optional()
          .describe(
            'The parameter that holds the plugin’s name, which the repository is named after. Default "name".',
          ),
      })
      .passthrough(),
});

/**
 * The scaffolder's own `RepoUrlPicker`, with the repository named after the plugin to begin with. Where the template
 * names no hosts, those of the portal's GitHub integrations are offered, the first of them chosen.
 */
export function EnvoyGoRepositoryPicker(props: typeof repositorySchema.TProps) {
  const { formData, onChange, registry, uiSchema, formContext } = props;
  const integrations = useApi(scmIntegrationsApiRef);
  const pickerUiSchema = useMemo(() => {
    const hosts = integrations.github.list().map(({ config }) => config.host);
    return {
      ...uiSchema,
      'ui:options': { allowedHosts: hosts, ...uiSchema['ui:options'] },
    };
  }, [integrations, uiSchema]);
  const { allowedHosts } = pickerUiSchema['ui:options'];
  const firstHost = Array.isArray(allowedHosts) ? allowedHosts[0] : undefined;
  const nameField = uiSchema['ui:options']?.pluginNameField ?? 'name';
  const name: unknown = formContext?.formData?.[nameField];
  const named =
    typeof name === 'string' && name !== '' && firstHost
      ? `${firstHost}?repo=${encodeURIComponent(name)}`
      : undefined;
  const value = formData ?? named;

  useEffect(() => {
    if (formData === undefined && named !== undefined) {
      onChange(named);
    }
  }, [formData, named, onChange]);

  const RepoUrlPicker = registry.fields.RepoUrlPicker;
  return RepoUrlPicker ? (
    <RepoUrlPicker {...props} uiSchema={pickerUiSchema} formData={value} />
  ) : null;
}

/** Refuses a place that is incomplete, taken, or closed to the user. */
export async function validateRepositoryField(
  repoUrl: string | undefined,
  validation: Pick<FieldValidation, 'addError'>,
  context: { apiHolder: ApiHolder },
  fetchGitHub: typeof fetch = fetch,
): Promise<void> {
  const { host, owner, repository } = parseRepoUrl(repoUrl ?? '');
  if (!host) {
    validation.addError('Choose where the repository is to be made.');
    return;
  }
  if (!owner) {
    validation.addError(
      'Choose an owner: an organisation, or your own account.',
    );
    return;
  }
  if (!repository) {
    validation.addError('Give the repository a name.');
    return;
  }
  const integration = context.apiHolder
    .get(scmIntegrationsApiRef)
    ?.github.byHost(host);
  const credentials = await context.apiHolder
    .get(scmAuthApiRef)
    ?.getCredentials({ url: `https://${host}/${owner}`, optional: true })
    // Whoever is not signed in to GitHub is told so where the repository is made.
    .catch(() => undefined);
  const apiBaseUrl = integration?.config.apiBaseUrl;
  if (!apiBaseUrl || !credentials?.token) {
    return;
  }
  const problem = await checkRepositoryTarget(
    { host, owner, repository },
    { apiBaseUrl, headers: credentials.headers, fetch: fetchGitHub },
  );
  if (problem) {
    validation.addError(problem);
  }
}
