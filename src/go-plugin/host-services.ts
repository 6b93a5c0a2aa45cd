import { status, type ServerDuplexStream, type UntypedHandleCall } from '@grpc/grpc-js';
import {
  callError,
  protoFile,
  readInterface,
  StatusError,
  streamingHandler,
  unaryHandler,
  type CallError,
  type GrpcMethod,
  type GrpcService,
  type OfferedService,
} from '../grpc/index.js';

/** The texts of proto/go_plugin.proto and proto/health.proto, put in by scripts/bundle.mjs. */
declare const GO_PLUGIN_PROTO: string;
declare const HEALTH_PROTO: string;

/** By this name a host asks whether the plugin is well. */
const PLUGIN = 'plugin';

export interface HostServicesOptions {
  /** The host ends the plugin: it waits without a limit for what is done here, and kills the process 2 s after the answer. */
  readonly onShutdown: () => Promise<void>;
  /** Resolves when the streams end that a host keeps open; no server ends in order before. */
  readonly ended: Promise<void>;
}

/** What go-plugin's host wants of every plugin. */
export function hostServices({ onShutdown, ended }: HostServicesOptions): readonly OfferedService[] {
  const goPlugin = readInterface(
    typeof GO_PLUGIN_PROTO === 'undefined' ? protoFile('go_plugin.proto') : GO_PLUGIN_PROTO,
    { longs: 'numbers' },
  );
  const health = readInterface(
    typeof HEALTH_PROTO === 'undefined' ? protoFile('health.proto') : HEALTH_PROTO,
    {
      longs: 'numbers',
    },
  );
  return [
    offer(goPlugin('plugin.GRPCStdio'), {
      // What this process prints goes to its log, so nothing comes here.
      StreamStdio: ({ name }) => streamingHandler(name, () => ended, errorOf),
    }),
    offer(goPlugin('plugin.GRPCBroker'), { StartStream: () => brokerStream(ended) }),
    offer(goPlugin('plugin.GRPCController'), {
      Shutdown: (method) =>
        answered(method, async () => {
          await onShutdown();
          return {};
        }),
    }),
    offer(health('grpc.health.v1.Health'), healthHandlers(ended)),
  ];
}

type Handlers = Readonly<Record<string, (method: GrpcMethod) => UntypedHandleCall>>;

function offer({ definition, methods }: GrpcService, handlers: Handlers): OfferedService {
  const implementation = Object.fromEntries(
    methods.flatMap((method) => {
      const handler = handlers[method.name];
      return handler === undefined ? [] : [[method.name, handler(method)]];
    }),
  );
  return { definition, implementation };
}

/** Connections that a host offers beside its own are used by no service here, so what it says is only read. */
function brokerStream(ended: Promise<void>): UntypedHandleCall {
  return (stream: ServerDuplexStream<Buffer, Buffer>) => {
    const end = (): void => void stream.end();
    stream.on('error', end);
    stream.on('end', end);
    stream.resume();
    void ended.then(end);
  };
}

/** The process serves, or it is not there: no other status is ever told. */
function healthHandlers(ended: Promise<void>): Handlers {
  const isKnown = (request: unknown): boolean =>
    request instanceof Object && 'service' in request && ['', PLUGIN].includes(String(request.service));
  return {
    Check: (method) =>
      answered(method, (request) => {
        if (isKnown(request)) return Promise.resolve({ status: 'SERVING' });
        throw new StatusError(status.NOT_FOUND, 'there is no such service');
      }),
    Watch: (method) =>
      streamingHandler(
        method.name,
        (bytes, send) => {
          const known = isKnown(method.decodeRequest(bytes));
          send(method.encodeAnswer({ status: known ? 'SERVING' : 'SERVICE_UNKNOWN' }));
          return ended;
        },
        errorOf,
      ),
  };
}

function answered(method: GrpcMethod, answer: (request: unknown) => Promise<object>): UntypedHandleCall {
  return unaryHandler(
    method.name,
    async (bytes) => method.encodeAnswer(await answer(method.decodeRequest(bytes))),
    errorOf,
  );
}

function errorOf(thrown: unknown): CallError {
  return callError(thrown, status.FAILED_PRECONDITION);
}
