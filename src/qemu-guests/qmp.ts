import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { z } from 'zod';
import { OperationError } from '../support/index.js';

/*
 * QEMU's machine protocol (QMP), a JSON object a line:
 *
 *     <- {"QMP": {"version": …, "capabilities": []}}
 *     -> {"execute": "qmp_capabilities", "id": 1}
 *     <- {"return": {}, "id": 1}
 *     -> {"execute": "device_del", "arguments": {"id": "disk-1"}, "id": 2}
 *     <- {"error": {"class": "DeviceNotFound", "desc": "Device 'disk-1' not found"}, "id": 2}
 *     <- {"event": "DEVICE_DELETED", "data": {…}, "timestamp": …}
 */
const messageShape = z.looseObject({
  id: z.number().optional(),
  return: z.unknown().optional(),
  error: z.looseObject({ desc: z.string() }).optional(),
  event: z.string().optional(),
});

interface Waiting {
  readonly command: string;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** The conversation with one QEMU process over its standard input and output. */
export class MachineProtocol {
  readonly #input: Writable;
  readonly #waiting = new Map<number, Waiting>();
  #count = 0;
  #ended = false;

  constructor(input: Writable, output: Readable) {
    this.#input = input;
    // A process that is gone does not read; those that wait for an answer are told.
    input.on('error', () => this.#end());
    const lines = createInterface(output);
    lines.on('line', (line) => this.#take(line));
    lines.on('close', () => this.#end());
  }

  /** Commands are taken from then on. */
  async begin(): Promise<void> {
    await this.execute('qmp_capabilities');
  }

  /** Rejects with an OperationError when QEMU refuses, or has ended. */
  async execute(command: string, given: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    if (this.#ended) throw failed(command, 'QEMU has ended');
    this.#count += 1;
    const id = this.#count;
    const answered = new Promise<unknown>((resolve, reject) =>
      this.#waiting.set(id, { command, resolve, reject }),
    );
    this.#input.write(`${JSON.stringify({ execute: command, arguments: given, id })}\n`);
    return await answered;
  }

  #take(line: string): void {
    const message = parsed(line);
    if (message?.id === undefined) return;
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.error === undefined) waiting?.resolve(message.return);
    else waiting?.reject(failed(waiting.command, message.error.desc));
  }

  #end(): void {
    this.#ended = true;
    for (const { command, reject } of this.#waiting.values()) reject(failed(command, 'QEMU has ended'));
    this.#waiting.clear();
  }
}

function parsed(line: string): z.infer<typeof messageShape> | undefined {
  try {
    return messageShape.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

function failed(command: string, problem: string): OperationError {
  return new OperationError({ code: 'task-failed', attempted: `QEMU's ${command}`, problem });
}
