import { SignInPage } from '@backstage/core-components';
import {
  configApiRef,
  createApiFactory,
  githubAuthApiRef,
  useApi,
} from '@backstage/core-plugin-api';
import {
  ApiBlueprint,
  createFrontendModule,
} from '@backstage/frontend-plugin-api';
import { ScmAuth, scmAuthApiRef } from '@backstage/integration-react';
import {
  SignInPageBlueprint,
  type SignInPageProps,
} from '@backstage/plugin-app-react';
import { githubHosts } from './githubHosts';

/** With GitHub; where the portal is only tried, also as somebody who just looks around. */
const PortalSignInPage = (props: SignInPageProps) => {
  const environment =
    useApi(configApiRef).getOptionalString('auth.environment');
  return (
    <SignInPage
      {...props}
      title="Sign in"
      align="center"
      providers={[
        {
          id: 'github-auth-provider',
          title: 'GitHub',
          message: 'Sign in with your GitHub account',
          apiRef: githubAuthApiRef,
        },
        ...(environment === 'development' ? ['guest' as const] : []),
      ]}
    />
  );
};

const signInPage = SignInPageBlueprint.make({
  params: { loader: async () => PortalSignInPage },
});

/**
 * Lets forms act in the signed-in user's name on every GitHub host of the configuration,
 * not only on github.com.
 */
const scmAuthApi = ApiBlueprint.make({
  name: 'scm-auth',
  params: defineParams =>
    defineParams(
      createApiFactory({
        api: scmAuthApiRef,
        deps: { config: configApiRef, github: githubAuthApiRef },
        factory: ({ config, github }) =>
          ScmAuth.merge(
            ...githubHosts(config).map(host =>
              ScmAuth.forGithub(github, { host }),
            ),
          ),
      }),
    ),
});

export const authModule = createFrontendModule({
  pluginId: 'app',
  extensions: [signInPage, scmAuthApi],
});
