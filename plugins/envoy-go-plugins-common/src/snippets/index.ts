export * from './renderEnvoyGatewayExtensionPolicy';
export * from './renderEnvoyHttpFilter';
export * from './renderIstioEnvoyFilter';
