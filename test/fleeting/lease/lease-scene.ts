import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeGroupLease, type GroupLease, type LeaseParts } from '../../../src/fleeting/lease/index.js';
import type { CallContext, Notes } from '../../../src/provider/index.js';
import { OperationError, silentLogger, type ErrorCode } from '../../../src/support/index.js';
import { SteppedClock } from '../../support/stepped-clock.js';

/** What stands in the cloud, and what goes wrong with it. */
export class Cloud {
  readonly notes = new Map<string, string>();
  writes = 0;
  reads = 0;

  /** Notes as one computer reaches them. */
  from(computer: Computer): Notes {
    return {
      findNote: async (name) => {
        await Promise.resolve();
        this.reads += 1;
        if (computer.readRefusal !== undefined) throw refusal(computer.readRefusal);
        return this.notes.get(name);
      },
      putNote: async (name, text) => {
        await computer.beforeWrite(text);
        if (computer.writeRefusal !== undefined) throw refusal(computer.writeRefusal);
        this.writes += 1;
        if (!computer.losesTexts) this.notes.set(name, text);
      },
      removeNote: async (name) => {
        await computer.beforeWrite('');
        const refused = computer.removeRefusal ?? computer.writeRefusal;
        if (refused !== undefined) throw refusal(refused);
        this.writes += 1;
        this.notes.delete(name);
      },
    };
  }
}

export function refusal(code: ErrorCode): OperationError {
  return new OperationError({ code, attempted: 'a request', problem: 'no' });
}

export interface Computer {
  readonly folder: string;
  readonly origin: string;
  readonly log: string[];
  readRefusal?: ErrorCode | undefined;
  writeRefusal?: ErrorCode | undefined;
  removeRefusal?: ErrorCode | undefined;
  losesTexts?: boolean;
  beforeWrite: (text: string) => void | Promise<void>;
}

export const context: CallContext = { signal: new AbortController().signal, progress: () => undefined };
export const NAME = 'fleeting-ci';

/** Computers whose runners want one group. */
export class LeaseScene {
  readonly cloud = new Cloud();
  readonly clock = new SteppedClock();
  readonly leases: GroupLease[] = [];
  readonly #folders: string[] = [];

  computer(name: string): Computer {
    const folder = mkdtempSync(join(tmpdir(), 'fleeting-lease-'));
    this.#folders.push(folder);
    return { folder: join(folder, 'ci'), origin: `runner@${name}`, log: [], beforeWrite: () => undefined };
  }

  partsOf(on: Computer): LeaseParts {
    const { clock } = this;
    const keep = (line: string): void => void on.log.push(line);
    const logger = { ...silentLogger, warn: keep, info: keep };
    return { group: 'ci', folder: on.folder, notes: this.cloud.from(on), origin: on.origin, clock, logger };
  }

  async take(on: Computer): Promise<GroupLease> {
    const lease = await this.clock.until(takeGroupLease(this.partsOf(on), context));
    this.leases.push(lease);
    return lease;
  }

  /** Seconds that pass, by the steady clock. */
  async secondsOf(work: () => Promise<unknown>): Promise<number> {
    const begun = this.clock.now();
    await work();
    return (this.clock.now() - begun) / 1000;
  }

  async close(): Promise<void> {
    for (const lease of this.leases) await this.clock.until(lease.release());
    for (const folder of this.#folders) rmSync(folder, { recursive: true });
  }
}

/** As when its process is killed: its lock is that of a dead process, and nothing more is written. */
export function kill(on: Computer): void {
  on.readRefusal = 'unreachable';
  on.writeRefusal = 'unreachable';
  rmSync(join(on.folder, 'lock'));
}

/** The same computer with a new process. */
export function restarted(on: Computer): Computer {
  return { ...on, log: [], readRefusal: undefined, writeRefusal: undefined };
}

export async function rejected(work: Promise<unknown>): Promise<OperationError> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof OperationError) return error;
  throw new Error(`not refused, but ${String(error)}`);
}
