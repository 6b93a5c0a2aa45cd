import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { loadCsiInterface } from '../../src/csi/csi-interface.js';
import { serveCsi, type CsiOptions, type CsiServer } from '../../src/csi/index.js';
import type { GrpcMethod } from '../../src/grpc/index.js';
import type { Logger } from '../../src/support/index.js';
import { FolderVolumes } from './folder-volumes.js';

const rpcService = loadCsiInterface();
const METHODS = new Map(
  (['Identity', 'Controller', 'Node'] as const).flatMap((service) =>
    rpcService(service).methods.map((method): [string, GrpcMethod] => [method.name, method]),
  ),
);

/** What an ordinary mount says. */
export const MOUNT = { mount: {}, accessMode: { mode: 'SINGLE_NODE_WRITER' } };

/** ms; a limit against hanging. */
const READY_LIMIT = 60_000;

/** A call that can be given up. */
export interface CallUnderWay {
  readonly answer: Promise<unknown>;
  cancel(): void;
}

/** Calls a driver over its socket as an orchestrator does. */
export class CsiClient {
  readonly #client: Client;

  constructor(socketPath: string) {
    this.#client = new Client(`unix:${socketPath}`, credentials.createInsecure());
  }

  /** Resolves when the driver accepts connections; a socket that nobody serves any more is tried again. */
  ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#client.waitForReady(Date.now() + READY_LIMIT, (error) =>
        error === undefined ? resolve() : reject(error),
      );
    });
  }

  call(name: string, request: object = {}): Promise<unknown> {
    return this.start(name, request).answer;
  }

  /** `extra`: bytes after the message, such as fields that the interface reserves. */
  start(name: string, request: object = {}, extra: Uint8Array = new Uint8Array()): CallUnderWay {
    const method = METHODS.get(name) ?? fail(name);
    return this.send(method.path, Buffer.concat([method.encodeRequest(request), extra]), (bytes) =>
      method.decodeAnswer(bytes),
    );
  }

  send(path: string, bytes: Buffer, decode: (bytes: Buffer) => unknown): CallUnderWay {
    let cancel = (): void => undefined;
    const answer = new Promise<unknown>((resolve, reject) => {
      const call = this.#client.makeUnaryRequest(
        path,
        (value: Buffer) => value,
        decode,
        bytes,
        new Metadata(),
        {},
        (error: ServiceError | null, value: unknown) => (error === null ? resolve(value) : reject(error)),
      );
      cancel = () => call.cancel();
    });
    return { answer, cancel };
  }

  /** The status of an answer as a name, and its text; undefined when the call succeeded. */
  async refusal(name: string, request: object = {}): Promise<{ code: number; details: string }> {
    try {
      const answer = await this.call(name, request);
      throw new Error(`${name} succeeded: ${JSON.stringify(answer)}`);
    } catch (thrown) {
      if (thrown instanceof Error && 'code' in thrown && 'details' in thrown)
        return { code: Number(thrown.code), details: String(thrown.details) };
      throw thrown;
    }
  }

  close(): void {
    this.#client.close();
  }
}

function fail(name: string): never {
  throw new Error(`the interface has no call ${name}`);
}

/** A driver in front of folders, a client of it, and what it logged. */
export interface Served {
  readonly service: FolderVolumes;
  readonly server: CsiServer;
  readonly client: CsiClient;
  readonly folder: string;
  readonly lines: string[];
  dispose(): Promise<void>;
}

export async function serveFolders(options: Partial<CsiOptions> = {}): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'csi-'));
  const service = new FolderVolumes();
  const lines: string[] = [];
  const log = (line: string): number => lines.push(line);
  const logger: Logger = { debug: log, info: log, warn: log };
  const endpoint = `unix://${join(folder, 'run', `${randomUUID().slice(0, 8)}.sock`)}`;
  const stagingFolder = join(folder, 'own-staging');
  const server = await serveCsi({
    service: () => Promise.resolve(service),
    role: 'all',
    endpoint,
    version: '1.2.3',
    logger,
    stagingFolder,
    ...options,
  });
  const client = new CsiClient(server.socketPath);
  const dispose = async (): Promise<void> => {
    client.close();
    await server.close();
    service.dispose();
    rmSync(folder, { recursive: true, force: true });
  };
  return { service, server, client, folder, lines, dispose };
}
