import type { JsonObject, JsonValue } from '@backstage/types';

/** The cluster that listeners route to. */
export const UPSTREAM_CLUSTER = 'upstream';

/**
 * The header in which the router, after all filters, tells the upstream from which
 * address the downstream request came, so that the two can be told to belong together.
 */
export const DOWNSTREAM_ADDRESS_HEADER = 'x-envoy-runner-downstream';

/** @public */
export interface BootstrapFilter {
  /** Name under which the filter registered itself with the SDK. */
  filterName: string;
  /** Name of the module: Envoy loads `lib<moduleName>.so` from its search path. */
  moduleName: string;
  /** The filter's configuration; undefined leaves it out. */
  config?: JsonValue;
}

/** @public */
export interface BootstrapListener {
  /** Unique; also the listener's stat prefix. */
  name: string;
  /** Port on 127.0.0.1; 0 lets the system choose. */
  port?: number;
  /** In the order in which a request passes them. */
  filters: BootstrapFilter[];
}

/** @public */
export interface BootstrapCluster {
  name: string;
  host?: string;
  port: number;
}

/** @public */
export interface BootstrapOptions {
  listeners: BootstrapListener[];
  /** Where the requests go that the filters let through. */
  upstream: { host?: string; port: number };
  /** Further clusters, for callouts. */
  services?: BootstrapCluster[];
  /** Port of the admin interface on 127.0.0.1; 0 lets the system choose. */
  adminPort?: number;
}

const LOOPBACK = '127.0.0.1';

/**
 * The static bootstrap of an Envoy that runs filters out of Go libraries, as JSON
 * (which Envoy reads as well as YAML).
 *
 * @public
 */
export function renderBootstrap(options: BootstrapOptions): JsonObject {
  return {
    admin: { address: renderAddress(LOOPBACK, options.adminPort ?? 0) },
    static_resources: {
      listeners: options.listeners.map(renderListener),
      clusters: [
        { name: UPSTREAM_CLUSTER, ...options.upstream },
        ...(options.services ?? []),
      ].map(renderCluster),
    },
    // Without a limit Envoy warns at each start.
    overload_manager: {
      resource_monitors: [
        {
          name: 'envoy.resource_monitors.global_downstream_max_connections',
          typed_config: {
            '@type':
              'type.googleapis.com/envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig',
            max_active_downstream_connections: 10000,
          },
        },
      ],
    },
  };
}

/**
 * One entry of `http_filters`: a Go filter out of a dynamic module.
 *
 * @public
 */
export function renderHttpFilter(filter: BootstrapFilter): JsonObject {
  return {
    name: filter.filterName,
    typed_config: {
      '@type':
        'type.googleapis.com/envoy.extensions.filters.http.dynamic_modules.v3.DynamicModuleFilter',
      dynamic_module_config: {
        name: filter.moduleName,
        // The Go runtime cannot be unloaded.
        do_not_close: true,
      },
      filter_name: filter.filterName,
      ...(filter.config === undefined
        ? {}
        : { filter_config: renderFilterConfig(filter.config) }),
    },
  };
}

/**
 * The Any that carries a filter's configuration. A Struct reaches Go as JSON, a
 * StringValue as it is; whatever else a `google.protobuf.Value` could hold would reach
 * Go as a serialized protobuf, so it travels as JSON text.
 *
 * @public
 */
export function renderFilterConfig(config: JsonValue): JsonObject {
  if (config !== null && typeof config === 'object' && !Array.isArray(config)) {
    return {
      '@type': 'type.googleapis.com/google.protobuf.Struct',
      value: config,
    };
  }
  return {
    '@type': 'type.googleapis.com/google.protobuf.StringValue',
    value: typeof config === 'string' ? config : JSON.stringify(config),
  };
}

function renderListener(listener: BootstrapListener): JsonObject {
  return {
    name: listener.name,
    address: renderAddress(LOOPBACK, listener.port ?? 0),
    // Otherwise a second Envoy could share the port, unnoticed.
    enable_reuse_port: false,
    filter_chains: [
      {
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            typed_config: {
              '@type':
                'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
              stat_prefix: listener.name,
              http_filters: [
                ...listener.filters.map(renderHttpFilter),
                {
                  name: 'envoy.filters.http.router',
                  typed_config: {
                    '@type':
                      'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router',
                  },
                },
              ],
              route_config: {
                virtual_hosts: [
                  {
                    name: 'all',
                    domains: ['*'],
                    request_headers_to_add: [
                      {
                        header: {
                          key: DOWNSTREAM_ADDRESS_HEADER,
                          value: '%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%',
                        },
                        append_action: 'OVERWRITE_IF_EXISTS_OR_ADD',
                      },
                    ],
                    routes: [
                      {
                        match: { prefix: '/' },
                        route: { cluster: UPSTREAM_CLUSTER },
                      },
                    ],
                  },
                ],
              },
            },
          },
        ],
      },
    ],
  };
}

function renderCluster(cluster: BootstrapCluster): JsonObject {
  return {
    name: cluster.name,
    connect_timeout: '2s',
    load_assignment: {
      cluster_name: cluster.name,
      endpoints: [
        {
          lb_endpoints: [
            {
              endpoint: {
                address: renderAddress(cluster.host ?? LOOPBACK, cluster.port),
              },
            },
          ],
        },
      ],
    },
  };
}

function renderAddress(address: string, port: number): JsonObject {
  return { socket_address: { address, port_value: port } };
}
