import {
  renderBootstrap,
  renderFilterConfig,
  renderHttpFilter,
} from './renderBootstrap';

describe('renderFilterConfig', () => {
  const STRUCT = 'type.googleapis.com/google.protobuf.Struct';
  const STRING = 'type.googleapis.com/google.protobuf.StringValue';

  it.each([
    ['an object', { a: [1] }, STRUCT, { a: [1] }],
    ['a text', 'plain', STRING, 'plain'],
    ['a list', [1, 'two'], STRING, '[1,"two"]'],
    ['a number', 3, STRING, '3'],
    ['a boolean', false, STRING, 'false'],
    ['null', null, STRING, 'null'],
  ])('carries %s', (_, config, type, value) => {
    expect(renderFilterConfig(config)).toEqual({ '@type': type, value });
  });
});

describe('renderHttpFilter', () => {
  it('leaves the configuration out where there is none', () => {
    expect(renderHttpFilter({ filterName: 'f', moduleName: 'm' })).toEqual({
      name: 'f',
      typed_config: {
        '@type':
          'type.googleapis.com/envoy.extensions.filters.http.dynamic_modules.v3.DynamicModuleFilter',
        dynamic_module_config: { name: 'm', do_not_close: true },
        filter_name: 'f',
      },
    });
  });
});

describe('renderBootstrap', () => {
  const bootstrap = renderBootstrap({
    upstream: { port: 1001 },
    services: [{ name: 'authz', host: '127.0.0.2', port: 1002 }],
    listeners: [
      {
        name: 'one',
        filters: [
          { filterName: 'first', moduleName: 'm', config: { a: 1 } },
          { filterName: 'second', moduleName: 'm' },
        ],
      },
      { name: 'two', port: 1003, filters: [] },
    ],
  });

  it('leaves the choice of ports to the system unless told otherwise', () => {
    expect(bootstrap).toMatchObject({
      admin: {
        address: { socket_address: { address: '127.0.0.1', port_value: 0 } },
      },
      static_resources: {
        listeners: [
          {
            name: 'one',
            address: { socket_address: { port_value: 0 } },
            enable_reuse_port: false,
          },
          { name: 'two', address: { socket_address: { port_value: 1003 } } },
        ],
      },
    });
  });

  it('puts the filters in order before the router', () => {
    expect(bootstrap).toMatchObject({
      static_resources: {
        listeners: [
          {
            filter_chains: [
              {
                filters: [
                  {
                    typed_config: {
                      stat_prefix: 'one',
                      http_filters: [
                        { name: 'first' },
                        { name: 'second' },
                        { name: 'envoy.filters.http.router' },
                      ],
                    },
                  },
                ],
              },
            ],
          },
          {},
        ],
      },
    });
  });

  it('makes a cluster of the upstream and of each service', () => {
    const endpoint = (address: string, port: number) => ({
      endpoints: [
        {
          lb_endpoints: [
            {
              endpoint: {
                address: { socket_address: { address, port_value: port } },
              },
            },
          ],
        },
      ],
    });
    expect(bootstrap).toMatchObject({
      static_resources: {
        clusters: [
          { name: 'upstream', load_assignment: endpoint('127.0.0.1', 1001) },
          { name: 'authz', load_assignment: endpoint('127.0.0.2', 1002) },
        ],
      },
    });
  });
});
