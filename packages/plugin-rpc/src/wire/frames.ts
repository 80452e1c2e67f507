import { LogLevel } from './codes';

/**
 * The messages of `proto/plugin.proto`, one type each, told apart by `type`. What each
 * field means is written there.
 */
export type Frame =
  | MountRequestFrame
  | MountResultFrame
  | PingFrame
  | PongFrame
  | ExecRequestFrame
  | ExecPartFrame
  | ExecResponseFrame
  | ChunkFrame
  | CreditFrame
  | CancelFrame
  | UnmountRequestFrame
  | ShutdownFrame;

/** A function that a plugin or a core offers. @public */
export interface FunctionDeclaration {
  name: string;
  /** As the code generator writes it; empty when not declared. */
  signature: string;
}

export interface MountRequestFrame {
  type: 'mountRequest';
  protocolMin: number;
  protocolMax: number;
  token: string;
  name: string;
  version: string;
  interface: string;
  functions: FunctionDeclaration[];
  codecs: string[];
  concurrency: number;
  maxPayloadBytes: number;
  windowBytes: number;
  labels: Record<string, string>;
}

export interface MountResultFrame {
  type: 'mountResult';
  code: number;
  message: string;
  protocolVersion: number;
  protocolMin: number;
  protocolMax: number;
  session: string;
  pingIntervalMs: number;
  pingTimeoutMs: number;
  functions: FunctionDeclaration[];
  codecs: string[];
  concurrency: number;
  maxPayloadBytes: number;
  windowBytes: number;
  logLevel: LogLevel;
}

export interface PingFrame {
  type: 'ping';
  sequence: number;
  running: number;
}

export interface PongFrame {
  type: 'pong';
  sequence: number;
}

export interface ExecRequestFrame {
  type: 'execRequest';
  id: number;
  function: string;
  codec: string;
  payload: Uint8Array;
  more: boolean;
  timeoutMs: number;
}

export interface ExecPartFrame {
  type: 'execPart';
  id: number;
  codec: string;
  payload: Uint8Array;
  more: boolean;
}

export interface Failure {
  code: number;
  message: string;
}

export interface ExecResponseFrame {
  type: 'execResponse';
  id: number;
  codec: string;
  payload: Uint8Array;
  more: boolean;
  failure: Failure | undefined;
}

export interface ChunkFrame {
  type: 'chunk';
  id: number;
  data: Uint8Array;
  more: boolean;
}

export interface CreditFrame {
  type: 'credit';
  id: number;
  bytes: number;
}

export interface CancelFrame {
  type: 'cancel';
  id: number;
  code: number;
}

export interface UnmountRequestFrame {
  type: 'unmountRequest';
  reason: string;
  token: string;
  message: string;
  graceMs: number;
}

export interface ShutdownFrame {
  type: 'shutdown';
  reason: number;
  message: string;
  graceMs: number;
}

/** One line on the log stream. */
export interface LogLine {
  level: LogLevel;
  message: string;
  timeMs: number;
  fields: Record<string, string>;
  callId: number;
}

export interface LogBatch {
  lines: LogLine[];
  dropped: number;
}
