import { Client, ClientDuplexStream, credentials } from '@grpc/grpc-js';
import {
  decodeEnvelope,
  encodeEnvelope,
  Frame,
  MountRequestFrame,
  pluginCoreService,
  PROTOCOL_MAX,
  PROTOCOL_MIN,
} from '../wire';

/** A client that says whatever a test wants said, also what no plugin would. */
export class RawPlugin {
  readonly received: Frame[] = [];
  readonly stream: ClientDuplexStream<Buffer, Buffer>;
  readonly #client: Client;
  #ended = false;
  #changed: (() => void)[] = [];

  constructor(address: string) {
    this.#client = new Client(address, credentials.createInsecure(), {
      'grpc.use_local_subchannel_pool': 1,
    });
    const { path, requestSerialize, responseDeserialize } =
      pluginCoreService.Communicate;
    this.stream = this.#client.makeBidiStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
    );
    this.stream.on('data', (bytes: Buffer) => {
      decodeEnvelope(bytes, frame => {
        if (frame) {
          this.received.push(frame);
        }
      });
      this.#notify();
    });
    const ended = () => {
      this.#ended = true;
      this.#notify();
    };
    this.stream.on('end', ended);
    this.stream.on('error', ended);
  }

  get ended(): boolean {
    return this.#ended;
  }

  send(...frames: Frame[]): void {
    this.sendBytes(encodeEnvelope(frames));
  }

  sendBytes(bytes: Buffer): void {
    if (!this.#ended) {
      this.stream.write(bytes);
    }
  }

  mountRequest(changes: Partial<MountRequestFrame> = {}): MountRequestFrame {
    return {
      type: 'mountRequest',
      protocolMin: PROTOCOL_MIN,
      protocolMax: PROTOCOL_MAX,
      token: 'secret',
      name: 'raw',
      version: '1',
      interface: '',
      functions: [{ name: 'run', signature: '' }],
      codecs: [],
      concurrency: 4,
      maxPayloadBytes: 0,
      windowBytes: 0,
      labels: {},
      ...changes,
    };
  }

  /** The first frame of a type, now or when it comes. */
  async next<Type extends Frame['type']>(
    type: Type,
  ): Promise<Extract<Frame, { type: Type }>> {
    for (;;) {
      const index = this.received.findIndex(frame => frame.type === type);
      if (index >= 0) {
        const [frame] = this.received.splice(index, 1);
        if (isOfType(frame, type)) {
          return frame;
        }
      }
      if (this.#ended) {
        throw new Error(`The stream ended without a ${type}`);
      }
      await this.#change();
    }
  }

  async end(): Promise<void> {
    while (!this.#ended) {
      await this.#change();
    }
  }

  close(): void {
    this.stream.cancel();
    this.#client.close();
  }

  #change(): Promise<void> {
    return new Promise(resolve => this.#changed.push(resolve));
  }

  #notify(): void {
    for (const resolve of this.#changed.splice(0)) {
      resolve();
    }
  }
}

function isOfType<Type extends Frame['type']>(
  frame: Frame,
  type: Type,
): frame is Extract<Frame, { type: Type }> {
  return frame.type === type;
}
