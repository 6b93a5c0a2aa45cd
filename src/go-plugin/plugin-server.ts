import { Server, ServerCredentials } from '@grpc/grpc-js';
import { shutDownServer, type OfferedService } from '../grpc/index.js';
import { hostServices } from './host-services.js';
import type { PluginListener } from './listener.js';

export interface PluginServerOptions {
  readonly services: readonly OfferedService[];
  readonly listener: PluginListener;
  /** The host ends the plugin; it is answered when this resolves. */
  readonly onShutdown: () => Promise<void>;
}

export interface PluginServer {
  /** Lets the last answers out, and ends every connection. */
  close(): Promise<void>;
}

/** go-plugin knows no limit; the largest request is a configuration with files in it, or thousands of names. */
const LARGEST_REQUEST_BYTES = 16 << 20;

/** Serves what comes through the listener, which has its own encryption: to the server its connections are plain. */
export function openServer({ services, listener, onShutdown }: PluginServerOptions): PluginServer {
  const server = new Server({ 'grpc.max_receive_message_length': LARGEST_REQUEST_BYTES });
  let endStreams = (): void => undefined;
  const ended = new Promise<void>((resolve) => (endStreams = resolve));
  for (const { definition, implementation } of [...services, ...hostServices({ onShutdown, ended })])
    server.addService(definition, implementation);
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  listener.serve((connection) => injector.injectConnection(connection));
  return {
    close: async () => {
      endStreams();
      await shutDownServer(server);
    },
  };
}
