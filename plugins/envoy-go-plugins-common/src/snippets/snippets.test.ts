import type { JsonValue } from '@backstage/types';
import { parse, parseAllDocuments } from 'yaml';
import type { EnvoyGoPluginEntity, EnvoyGoPluginRuntime } from '../entity';
import { renderEnvoyGatewayExtensionPolicy } from './renderEnvoyGatewayExtensionPolicy';
import { renderEnvoyHttpFilter } from './renderEnvoyHttpFilter';
import { renderIstioEnvoyFilter } from './renderIstioEnvoyFilter';

function plugin(
  runtime: EnvoyGoPluginRuntime,
  metadata: { name?: string; title?: string } = {},
): EnvoyGoPluginEntity {
  return {
    apiVersion: 'envoygo.dev/v1alpha1',
    kind: 'EnvoyGoPlugin',
    metadata: { name: 'token-auth', title: 'Token auth', ...metadata },
    spec: {
      type: 'http-filter',
      runtime,
      lifecycle: 'production',
      owner: 'group:default/gateway',
      category: 'authn',
      filterName: 'token.auth',
      package: '.',
      envoy: '>=1.38',
    },
  };
}

const HOSTILE: JsonValue = {
  norway: 'no',
  octal: '012',
  underscored: '1_000',
  time: '12:30:45',
  lines: 'a\n---\nb: c\n...\n# d',
  separators: '\u2028\u2029\u0085\ufeff\u007f\u0000',
  quotes: '"\'`\\',
  anchor: '&a *a !!str <<',
  template: '${HOME} {{ x }} %DOWNSTREAM%',
  empty: '',
  spaces: '  x  ',
  long: `${'word '.repeat(60)}end`,
  keys: {
    on: 1,
    y: 2,
    '<<': 3,
    '1': 4,
    'a: b': 5,
    '': 6,
    '@type': 7,
    'a\nb': 8,
    '- x': 9,
    '"q"': 10,
  },
  nothing: null,
  yes: true,
  numbers: [0, -1, 1.5, 1e21, 9007199254740991],
  nested: [[], {}, [[{}]]],
};

const RENDERERS = [
  renderEnvoyHttpFilter,
  renderEnvoyGatewayExtensionPolicy,
  renderIstioEnvoyFilter,
];

describe('renderEnvoyHttpFilter', () => {
  it('renders a dynamic module', () => {
    expect(
      renderEnvoyHttpFilter(plugin('dynamic-module'), { secret: 's3cr3t' }),
    ).toMatchInlineSnapshot(`
      "# Token auth, made for Envoy >=1.38
      # One entry of http_filters, above envoy.filters.http.router.
      # Put libtoken-auth.so into a folder and start Envoy with two variables in its environment:
      #   ENVOY_DYNAMIC_MODULES_SEARCH_PATH=/etc/envoy/dynamic-modules
      #   GODEBUG=cgocheck=0   (without it Go ends Envoy: "unpinned Go pointer")

      - name: token.auth
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.http.dynamic_modules.v3.DynamicModuleFilter
          dynamic_module_config:
            name: token-auth
            do_not_close: true
          filter_name: token.auth
          filter_config:
            "@type": type.googleapis.com/google.protobuf.Struct
            value:
              secret: s3cr3t
      "
    `);
  });

  it('hands text over as it is, and leaves out what is not there', () => {
    const typedConfig = (config: JsonValue | undefined) =>
      parse(renderEnvoyHttpFilter(plugin('dynamic-module'), config))[0]
        .typed_config.filter_config;
    expect(typedConfig('raw: text')).toEqual({
      '@type': 'type.googleapis.com/google.protobuf.StringValue',
      value: 'raw: text',
    });
    expect(typedConfig([1, 'a'])).toEqual({
      '@type': 'type.googleapis.com/google.protobuf.StringValue',
      value: '[\n  1,\n  "a"\n]',
    });
    expect(typedConfig(undefined)).toBeUndefined();
  });

  it('hands numbers over that Envoy would take for text in YAML', () => {
    const config = { rate: 0.5, note: 'a\n\u2028"b"', rules: [{ big: 3e9 }] };
    const snippet = renderEnvoyHttpFilter(plugin('dynamic-module'), config);
    expect(snippet).toMatchInlineSnapshot(`
      "# Token auth, made for Envoy >=1.38
      # One entry of http_filters, above envoy.filters.http.router.
      # Put libtoken-auth.so into a folder and start Envoy with two variables in its environment:
      #   ENVOY_DYNAMIC_MODULES_SEARCH_PATH=/etc/envoy/dynamic-modules
      #   GODEBUG=cgocheck=0   (without it Go ends Envoy: "unpinned Go pointer")
      # The configuration is JSON in a text: Envoy would read a number such as 0.5 in YAML as "0.5".

      - name: token.auth
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.http.dynamic_modules.v3.DynamicModuleFilter
          dynamic_module_config:
            name: token-auth
            do_not_close: true
          filter_name: token.auth
          filter_config:
            "@type": type.googleapis.com/google.protobuf.StringValue
            value: |-
              {
                "rate": 0.5,
                "note": "a\\n\\u2028\\"b\\"",
                "rules": [
                  {
                    "big": 3000000000
                  }
                ]
              }
      "
    `);
    const { filter_config: message } = parse(snippet)[0].typed_config;
    expect(message['@type']).toBe(
      'type.googleapis.com/google.protobuf.StringValue',
    );
    expect(JSON.parse(message.value)).toEqual(config);
    expect(
      parse(renderIstioEnvoyFilter(plugin('dynamic-module'), config)).spec
        .configPatches[0].patch.value.typed_config.filter_config.value,
    ).toEqual(config);
  });

  it('renders a filter of contrib Envoy', () => {
    expect(renderEnvoyHttpFilter(plugin('golang-filter'), { secret: 's3cr3t' }))
      .toMatchInlineSnapshot(`
      "# Token auth, made for Envoy >=1.38
      # One entry of http_filters, above envoy.filters.http.router.
      # The golang filter is in the contrib images of Envoy only (envoyproxy/envoy:contrib-v…).
      # Put libtoken-auth.so where library_path says. It must be built for the very version of Envoy that runs it.

      - name: envoy.filters.http.golang
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.http.golang.v3alpha.Config
          library_id: token-auth
          library_path: /etc/envoy/dynamic-modules/libtoken-auth.so
          plugin_name: token.auth
          plugin_config:
            "@type": type.googleapis.com/xds.type.v3.TypedStruct
            value:
              secret: s3cr3t
      "
    `);
  });

  it('renders a stream filter of MOSN', () => {
    expect(
      renderEnvoyHttpFilter(plugin('mosn-stream-filter'), { user: 'admin' }),
    ).toMatchInlineSnapshot(`
      "# Token auth, made for Envoy >=1.38
      # A stream filter of MOSN, not of Envoy: a part of a listener in the configuration of MOSN.
      # MOSN must have been built with the Go package that registers it.

      stream_filters:
        - type: token.auth
          config:
            user: admin
      "
    `);
  });
});

describe('renderEnvoyGatewayExtensionPolicy', () => {
  it('registers a dynamic module and attaches it', () => {
    expect(
      renderEnvoyGatewayExtensionPolicy(plugin('dynamic-module'), {
        secret: 's3cr3t',
      }),
    ).toMatchInlineSnapshot(`
      "# Token auth, made for Envoy >=1.38
      # For Envoy Gateway 1.8 and later. First the module is registered with your proxies: join this with the
      # EnvoyProxy that your GatewayClass or Gateway refers to. The library has to be in the container of Envoy at that
      # path: in an image of your own, or in a volume that an image or an init container fills.
      # Without GODEBUG=cgocheck=0 Go ends Envoy ("unpinned Go pointer").

      apiVersion: gateway.envoyproxy.io/v1alpha1
      kind: EnvoyProxy
      metadata:
        name: my-proxy
      spec:
        provider:
          type: Kubernetes
          kubernetes:
            envoyDeployment:
              container:
                env:
                  - name: GODEBUG
                    value: "cgocheck=0"
        dynamicModules:
          - name: token-auth
            source:
              type: Local
              local:
                path: /etc/envoy/dynamic-modules/libtoken-auth.so
            doNotClose: true
      ---
      # Then it is attached to a Gateway, or to an HTTPRoute in the same namespace.

      apiVersion: gateway.envoyproxy.io/v1alpha1
      kind: EnvoyExtensionPolicy
      metadata:
        name: token-auth
      spec:
        targetRefs:
          - group: gateway.networking.k8s.io
            kind: Gateway
            name: eg
        dynamicModule:
          - name: token-auth
            filterName: token.auth
            config:
              secret: s3cr3t
      "
    `);
  });

  it('patches the listener for a filter of contrib Envoy, and says so', () => {
    const snippet = renderEnvoyGatewayExtensionPolicy(plugin('golang-filter'), {
      secret: 's3cr3t',
    });
    expect(snippet).toContain(
      'EnvoyExtensionPolicy has no field for the golang filter',
    );
    expect(parse(snippet)).toMatchObject({
      kind: 'EnvoyPatchPolicy',
      spec: {
        jsonPatches: [
          {
            operation: {
              op: 'add',
              value: { typed_config: { plugin_name: 'token.auth' } },
            },
          },
        ],
      },
    });
  });

  it('uses names that Kubernetes accepts', () => {
    const [proxy, policy] = parseAllDocuments(
      renderEnvoyGatewayExtensionPolicy(
        plugin('dynamic-module', { name: 'My_Filter.2' }),
        undefined,
      ),
    ).map(document => document.toJS());
    expect(proxy.spec.dynamicModules[0]).toMatchObject({
      name: 'my-filter-2',
      source: {
        local: { path: '/etc/envoy/dynamic-modules/libMy_Filter.2.so' },
      },
    });
    expect(policy).toMatchObject({
      metadata: { name: 'my-filter-2' },
      spec: {
        dynamicModule: [{ name: 'my-filter-2', filterName: 'token.auth' }],
      },
    });
  });
});

describe('renderIstioEnvoyFilter', () => {
  it('inserts a dynamic module before the router', () => {
    expect(
      renderIstioEnvoyFilter(plugin('dynamic-module'), { secret: 's3cr3t' }),
    ).toMatchInlineSnapshot(`
      "# Token auth, made for Envoy >=1.38
      # For the ingress gateway; for sidecars, choose their labels and the context SIDECAR_INBOUND.
      # The proxies need an Envoy with envoy.filters.http.dynamic_modules, libtoken-auth.so in a folder of the container,
      # and two variables in their environment:
      #   ENVOY_DYNAMIC_MODULES_SEARCH_PATH=/etc/envoy/dynamic-modules
      #   GODEBUG=cgocheck=0   (without it Go ends Envoy: "unpinned Go pointer")

      apiVersion: networking.istio.io/v1alpha3
      kind: EnvoyFilter
      metadata:
        name: token-auth
        namespace: istio-system
      spec:
        workloadSelector:
          labels:
            istio: ingressgateway
        configPatches:
          - applyTo: HTTP_FILTER
            match:
              context: GATEWAY
              listener:
                filterChain:
                  filter:
                    name: envoy.filters.network.http_connection_manager
                    subFilter:
                      name: envoy.filters.http.router
            patch:
              operation: INSERT_BEFORE
              value:
                name: token.auth
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.http.dynamic_modules.v3.DynamicModuleFilter
                  dynamic_module_config:
                    name: token-auth
                    do_not_close: true
                  filter_name: token.auth
                  filter_config:
                    "@type": type.googleapis.com/google.protobuf.Struct
                    value:
                      secret: s3cr3t
      "
    `);
  });

  it('inserts a filter of contrib Envoy', () => {
    const snippet = renderIstioEnvoyFilter(plugin('golang-filter'), 'x');
    expect(parse(snippet).spec.configPatches[0].patch).toMatchObject({
      operation: 'INSERT_BEFORE',
      value: { name: 'envoy.filters.http.golang' },
    });
  });
});

/** All documents of a snippet, as a reader of a version of YAML understands them. */
function read(snippet: string, version: '1.1' | '1.2'): unknown[] {
  return parseAllDocuments(snippet, { version }).map(document => {
    expect(document.errors).toEqual([]);
    expect(document.warnings).toEqual([]);
    return document.toJS();
  });
}

/** Every value in a document, as JSON; text that is JSON as what it says. */
function valuesIn(value: unknown): string[] {
  if (typeof value === 'string' && /^[{[]\n/.test(value)) {
    return [JSON.stringify(JSON.parse(value))];
  }
  const inner =
    typeof value === 'object' && value !== null ? Object.values(value) : [];
  return [JSON.stringify(value), ...inner.flatMap(valuesIn)];
}

describe.each([
  ...RENDERERS.flatMap(render => [
    { render, runtime: 'dynamic-module' as const },
    { render, runtime: 'golang-filter' as const },
  ]),
  { render: renderEnvoyHttpFilter, runtime: 'mosn-stream-filter' as const },
])('$render.name for a $runtime', ({ render, runtime }) => {
  it.each(['1.1', '1.2'] as const)(
    'keeps hostile values as they are for readers of YAML %s',
    version => {
      const snippet = render(plugin(runtime), HOSTILE);
      expect(valuesIn(read(snippet, version))).toContain(
        JSON.stringify(HOSTILE),
      );
      expect(snippet).toMatch(/^[\n\x20-\x7e…]*$/);
    },
  );

  it('keeps a hostile title in its comment', () => {
    const quiet = render(plugin(runtime), { a: 1 });
    const loud = render(
      plugin(runtime, { title: 'x\n- evil: true\r\u2028b: c\u0085d: e' }),
      { a: 1 },
    );
    expect(read(loud, '1.2')).toEqual(read(quiet, '1.2'));
    expect(loud.split('\n')).toHaveLength(quiet.split('\n').length);
  });
});

describe('a stream filter of MOSN', () => {
  it.each([renderEnvoyGatewayExtensionPolicy, renderIstioEnvoyFilter])(
    'is told not to run there by %p',
    render => {
      const snippet = render(
        plugin('mosn-stream-filter', { title: 'x\nevil: true' }),
        { a: 1 },
      );
      expect(snippet).toContain('A stream filter of MOSN does not run in');
      expect(parse(snippet)).toBeNull();
    },
  );
});
