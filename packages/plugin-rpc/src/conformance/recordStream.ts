import {
  Client,
  credentials,
  sendUnaryData,
  Server,
  ServerCredentials,
  ServerDuplexStream,
  ServerReadableStream,
} from '@grpc/grpc-js';
import { GoProgram } from '../interop/GoProgram';
import { until } from '../testing/world';
import { pluginCoreService } from '../wire';
import { Recording, splitEnvelope, Step, stepOf } from './Recording';
import { coreOf, play, Scenario } from './scenarios';

type Stream = ServerDuplexStream<Buffer, Buffer>;

/** A gRPC server in front of a plugin: `communicate` is its stream, logs are thrown away. */
export async function listen(
  communicate: (stream: Stream) => void,
): Promise<{ address: string; server: Server }> {
  const server = new Server();
  server.addService(pluginCoreService, {
    Communicate: communicate,
    Log: (
      call: ServerReadableStream<Buffer, Buffer>,
      callback: sendUnaryData<Buffer>,
    ) => {
      call.on('data', () => {});
      call.on('end', () => callback(null, Buffer.alloc(0)));
    },
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync(
      '127.0.0.1:0',
      ServerCredentials.createInsecure(),
      (error, bound) => (error ? reject(error) : resolve(bound)),
    ),
  );
  return { address: `127.0.0.1:${port}`, server };
}

/** Plays a scenario between a real core and the real plugin, and writes down the stream. */
export async function recordStream(
  scenario: Scenario,
  program: GoProgram,
): Promise<Recording> {
  const core = coreOf(scenario);
  const { address } = await core.serve({ address: '127.0.0.1:0' });
  const client = new Client(address, credentials.createInsecure());
  const steps: Step[] = [];
  const note = (from: Step['from'], envelope: Buffer) => {
    for (const frame of splitEnvelope(envelope)) {
      steps.push(stepOf(from, frame));
    }
  };
  const proxy = await listen(inbound => {
    const { path, requestSerialize, responseDeserialize } =
      pluginCoreService.Communicate;
    const outbound = client.makeBidiStreamRequest<Buffer, Buffer>(
      path,
      requestSerialize,
      responseDeserialize,
    );
    inbound.on('data', (envelope: Buffer) => {
      note('plugin', envelope);
      outbound.write(envelope);
    });
    inbound.on('end', () => outbound.end());
    inbound.on('cancelled', () => outbound.cancel());
    outbound.on('data', (envelope: Buffer) => {
      note('core', envelope);
      inbound.write(envelope);
    });
    outbound.on('end', () => inbound.end());
    outbound.on('error', () => inbound.end());
  });
  const plugin = program.start([proxy.address, scenario.token ?? 'secret']);
  try {
    let outcomes: string[] = [];
    if (scenario.ends !== 'refused') {
      outcomes = await play(scenario, core);
    }
    if (scenario.ends === undefined) {
      await until(() => plugin.printed.includes('mounted:'), 'the mount');
      plugin.signal('SIGTERM');
    }
    await plugin.ended;
    return { about: scenario.about, outcomes, steps };
  } finally {
    await plugin.kill();
    client.close();
    proxy.server.forceShutdown();
    await core.close({ grace: 0 });
  }
}
