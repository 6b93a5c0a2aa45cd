import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CallContext, Connection, Provider } from '../../src/provider/index.js';
import { silentLogger, type Clock, type Logger } from '../../src/support/index.js';
import { createPrismProvider } from '../../src/prism/index.js';
import type { ScriptedPrism } from './scripted-prism.js';

/** A clock on which sleeping takes no time; `slept` tells how long each sleep would have been. */
export class FastClock implements Clock {
  readonly slept: number[] = [];
  #now = 0;

  now(): number {
    return this.#now;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.slept.push(ms);
    this.#now += ms;
    await Promise.resolve();
  }
}

/** A logger that keeps its lines. */
export class KeptLog implements Logger {
  readonly lines: string[] = [];
  debug(line: string): void {
    this.lines.push(`debug ${line}`);
  }
  info(line: string): void {
    this.lines.push(`info ${line}`);
  }
  warn(line: string): void {
    this.lines.push(`warn ${line}`);
  }
}

export const USER = 'admin';
export const PASSWORD = 'correct horse battery staple';

export function connectionTo(prism: ScriptedPrism, changed: Partial<Connection> = {}): Connection {
  return {
    host: '127.0.0.1',
    port: prism.port,
    credentials: { kind: 'password', username: USER, password: PASSWORD },
    trust: { kind: 'fingerprint', sha256: prism.certificate.fingerprint },
    api: 'v3',
    ...changed,
  };
}

export function providerFor(prism: ScriptedPrism, clock: Clock = new FastClock()): Provider {
  return createPrismProvider(connectionTo(prism), {
    logger: silentLogger,
    clock,
    userAgent: 'test-driver/1',
  });
}

export interface KeptContext extends CallContext {
  readonly lines: string[];
}

/** A context without deadline that keeps the progress lines. */
export function context(signal: AbortSignal = new AbortController().signal): KeptContext {
  const lines: string[] = [];
  return { signal, progress: (line) => lines.push(line), lines };
}

/** One recorded exchange with a real Prism Central (see golden/prism/README.md). */
export function recording(name: string): {
  readonly request: { body: unknown };
  readonly response: { body: unknown };
} {
  const path = join(__dirname, '..', 'golden', 'prism', `${name}.json`);
  return JSON.parse(readFileSync(path, 'utf8')) as ReturnType<typeof recording>;
}

export const VM = '11111111-2222-4333-8444-555555555555';
export const TASK = 'aaaaaaaa-0000-4000-8000-000000000001';
export const OTHER_TASK = 'aaaaaaaa-0000-4000-8000-000000000002';

/** The 202 of a create, update or delete. */
export function accepted(taskId: string = TASK, uuid: string = VM): { status: number; json: unknown } {
  const status = { state: 'PENDING', execution_context: { task_uuid: taskId } };
  return { status: 202, json: { api_version: '3.1', metadata: { kind: 'vm', uuid }, spec: '', status } };
}

export function taskIs(status: string, more: object = {}): { status: number; json: unknown } {
  return { status: 200, json: { api_version: '3.1', uuid: TASK, status, percentage_complete: 40, ...more } };
}

export const succeeded = taskIs('SUCCEEDED');

export function missing(uuid: string = VM): { status: number; json: unknown } {
  return refusal(404, 'ENTITY_NOT_FOUND', `vm : ${uuid} does not exist.`);
}

export function refusal(status: number, reason: string, message: string): { status: number; json: unknown } {
  return {
    status,
    json: { api_version: '3.1', code: status, state: 'ERROR', message_list: [{ message, reason }] },
  };
}

/** A VM as GET shows it; `resources` are merged into status and spec. */
export function vmIs(
  power: string,
  changed: { state?: string; tasks?: string[]; description?: string } = {},
): {
  status: number;
  json: unknown;
} {
  const { state = 'COMPLETE', tasks = [TASK], description = '' } = changed;
  const disks = [{ uuid: 'd1', device_properties: { device_type: 'DISK' } }];
  const resources = { power_state: power, disk_list: disks, nic_list: [] };
  return {
    status: 200,
    json: {
      api_version: '3.1',
      metadata: { kind: 'vm', uuid: VM, spec_version: 3, entity_version: '7' },
      spec: { name: 'web-1', description, resources },
      status: { state, name: 'web-1', resources, execution_context: { task_uuid: tasks } },
    },
  };
}

/** What a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => {
      throw new Error('did not reject');
    },
    (error: unknown) => error,
  );
}
