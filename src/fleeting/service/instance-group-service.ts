import { status } from '@grpc/grpc-js';
import type { z } from 'zod';
import {
  callError,
  protoFile,
  readInterface,
  streamingHandler,
  unaryHandler,
  type CallError,
  type GrpcMethod,
  type OfferedService,
} from '../../grpc/index.js';
import type { CallContext } from '../../provider/index.js';
import { OperationError, schemaError, type Logger } from '../../support/index.js';
import type { InstanceGroup } from '../contract.js';
import {
  connectInfoResponse,
  decreaseRequest,
  emptyRequest,
  increaseRequest,
  initRequest,
  instanceRequest,
} from './messages.js';

/** The text of proto/instance_group.proto, put in by scripts/bundle.mjs. */
declare const INSTANCE_GROUP_PROTO: string;

export interface InstanceGroupServiceOptions {
  readonly group: InstanceGroup;
  readonly logger: Logger;
  /** Told of what is secret in the runner's configuration, before anything is done with it. */
  readonly onSecret: (secret: string) => void;
}

/** A call as it is performed: bytes of a request to an answer. */
type Perform = (request: unknown, context: CallContext) => Promise<object>;

/**
 * GitLab's service InstanceGroup in front of a group. Whatever is thrown in a call becomes a status, with the text of our
 * error; GitLab Runner shows it. Calls may overlap.
 */
export class InstanceGroupService {
  readonly #group: InstanceGroup;
  readonly #logger: Logger;
  readonly #onSecret: (secret: string) => void;
  readonly #stop = new AbortController();

  constructor({ group, logger, onSecret }: InstanceGroupServiceOptions) {
    this.#group = group;
    this.#logger = logger;
    this.#onSecret = onSecret;
  }

  /** As a server of gRPC takes it. */
  offered(): OfferedService {
    const text =
      typeof INSTANCE_GROUP_PROTO === 'undefined' ? protoFile('instance_group.proto') : INSTANCE_GROUP_PROTO;
    const { definition, methods } = readInterface(text, { longs: 'texts' })('proto.InstanceGroup');
    const performed = this.#performed();
    const implementation = Object.fromEntries(
      methods.map((method) => {
        const perform = performed[method.name];
        return [method.name, perform === undefined ? this.#update(method) : this.#answer(method, perform)];
      }),
    );
    return { definition, implementation };
  }

  /** Cuts off the calls under way but Shutdown, and shuts the group down, unless that was done. Rejects as that does. */
  async end(reason: OperationError): Promise<void> {
    this.#stop.abort(reason);
    await this.#group.shutdown({ signal: new AbortController().signal, progress: this.#progress('end') });
  }

  /** Every call but Update, whose answer is a stream. */
  #performed(): Readonly<Record<string, Perform>> {
    const group = this.#group;
    return {
      Init: (request, context) => this.#init(request, context),
      Increase: served(increaseRequest, async ({ n }, context) => ({
        succeeded: await group.increase(n, context),
      })),
      Decrease: served(decreaseRequest, async ({ instances }, context) => ({
        succeeded: await group.decrease(instances, context),
      })),
      ConnectInfo: served(instanceRequest, async ({ instance }, context) =>
        connectInfoResponse(await group.connectInfo(instance, context)),
      ),
      Heartbeat: served(instanceRequest, async ({ instance }, context) => {
        await group.heartbeat(instance, context);
        return {};
      }),
      Shutdown: served(emptyRequest, async (_, context) => {
        await group.shutdown(context);
        return {};
      }),
    };
  }

  async #init(request: unknown, context: CallContext): Promise<object> {
    const attempted = 'start the group of instances';
    const { config, connector } = read(initRequest, request, attempted);
    this.#onSecret(connector.password);
    this.#onSecret(Buffer.from(connector.key).toString());
    try {
      return await this.#group.init(config, connector, context);
    } catch (thrown) {
      // A status has room for some lines of text, and there may be many problems.
      this.#logger.warn(OperationError.from(thrown, attempted).message);
      throw thrown;
    }
  }

  #answer(method: GrpcMethod, perform: Perform): OfferedService['implementation'][string] {
    const { name } = method;
    return unaryHandler(
      name,
      async (bytes, signal) => {
        const context = this.#context(name, signal);
        return method.encodeAnswer(await perform(decode(method, bytes), context));
      },
      (thrown) => this.#errorOf(name, thrown),
    );
  }

  #update(method: GrpcMethod): OfferedService['implementation'][string] {
    const { name } = method;
    return streamingHandler(
      name,
      async (bytes, send, signal) => {
        decode(method, bytes);
        await this.#group.update(
          (instance, state) => send(method.encodeAnswer({ instance, state })),
          this.#context(name, signal),
        );
      },
      (thrown) => this.#errorOf(name, thrown),
    );
  }

  #context(name: string, signal: AbortSignal): CallContext {
    const whole = name === 'Shutdown' ? signal : AbortSignal.any([signal, this.#stop.signal]);
    return { signal: whole, progress: this.#progress(name) };
  }

  #progress(name: string): (line: string) => void {
    return (line) => this.#logger.debug(`${name}: ${line}`);
  }

  #errorOf(name: string, thrown: unknown): CallError {
    const error = callError(thrown, status.FAILED_PRECONDITION);
    this.#logger.debug(`${name}: ${status[error.code]}: ${error.details}`);
    return error;
  }
}

function served<T>(
  shape: z.ZodType<T>,
  perform: (request: T, context: CallContext) => Promise<object>,
): Perform {
  return async (request, context) => await perform(read(shape, request, 'read the request'), context);
}

function read<T>(shape: z.ZodType<T>, request: unknown, attempted: string): T {
  const result = shape.safeParse(request);
  if (result.success) return result.data;
  throw schemaError(attempted, result.error.issues, 'request');
}

function decode(method: GrpcMethod, bytes: Uint8Array): unknown {
  try {
    return method.decodeRequest(bytes);
  } catch (cause) {
    const attempted = `read the request of ${method.name}`;
    throw new OperationError({
      code: 'invalid-input',
      attempted,
      problem: 'the bytes are no such message',
      cause,
    });
  }
}
