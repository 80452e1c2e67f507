export * from './EnvoyProcess';
export { EnvoyLog } from './EnvoyLog';
export * from './runProgram';
