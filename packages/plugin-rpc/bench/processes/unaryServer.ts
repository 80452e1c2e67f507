import {
  sendUnaryData,
  Server,
  ServerCredentials,
  ServerUnaryCall,
} from '@grpc/grpc-js';
import { echoService } from './echoService';

/** Plain grpc-js: a server that echoes. Prints its port. */
const server = new Server();
server.addService(echoService, {
  Echo: (
    call: ServerUnaryCall<Uint8Array, Uint8Array>,
    callback: sendUnaryData<Uint8Array>,
  ) => callback(null, call.request),
});
server.bindAsync(
  '127.0.0.1:0',
  ServerCredentials.createInsecure(),
  (error, port) => {
    if (error) {
      throw error;
    }
    process.stdout.write(`${port}\n`);
  },
);
process.on('disconnect', () => process.exit(0));
