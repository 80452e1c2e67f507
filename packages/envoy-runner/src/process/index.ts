export * from './EnvoyProcess';
export { EnvoyLog } from './EnvoyLog';
export * from './makeTemporaryFolder';
export * from './runProgram';
