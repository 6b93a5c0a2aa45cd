import type { Socket } from 'node:net';
import { Login, STAGE, type LoginPlace } from './login.js';
import {
  ANSWER,
  answerHeader,
  FINAL,
  isImmediate,
  keyBytes,
  keysIn,
  NO_TAG,
  opcodeOf,
  REQUEST,
  tagOf,
  UnitReader,
  unitBytes,
  type Unit,
} from './pdu.js';
import { runCommand, wantedBytes } from './scsi-commands.js';
import { Sense, type ScsiDisk } from './scsi-disk.js';

/** Commands that an initiator may have under way. */
const WINDOW = 64;
/** Flags of a command and of data. */
const FLAG = { writes: 0x20, hasStatus: 0x01, underflow: 0x02 } as const;
/** A SCSI status: sense data say why. */
const CHECK_CONDITION = 0x02;
/** "protocol error" in a reject. */
const PROTOCOL_ERROR = 4;

export interface ConnectionParts extends LoginPlace {
  /** The targets that this initiator sees, as `SendTargets` lists them. */
  listTargets(initiatorName: string): readonly (readonly [name: string, portal: string])[];
  disksOf(targetName: string): ReadonlyMap<number, ScsiDisk>;
  /** A session of this initiator port with this target has begun; an older one of the same port is over. */
  began(connection: IscsiConnection): void;
}

/** A write whose data are still to come. */
interface PendingWrite {
  readonly unit: Unit;
  readonly bytes: Buffer;
  received: number;
  asked: number;
}

/** One connection, which is one session: an initiator with one target, or looking for targets. */
export class IscsiConnection {
  readonly #socket: Socket;
  readonly #parts: ConnectionParts;
  readonly #login: Login;
  readonly #reader = new UnitReader();
  /** What is done with a request once the login is over. */
  readonly #services: ReadonlyMap<number, (unit: Unit) => void> = new Map([
    [REQUEST.nopOut, (unit) => this.#answerPing(unit)],
    [REQUEST.command, (unit) => this.#begin(unit)],
    [REQUEST.dataOut, (unit) => this.#receive(unit)],
    [REQUEST.text, (unit) => this.#answerText(unit)],
    [REQUEST.management, (unit) => this.#forgetWrites(unit)],
    [REQUEST.logout, (unit) => this.#logOut(unit)],
  ]);
  readonly #writes = new Map<number, PendingWrite>();
  /** Work on the disks that is under way. */
  readonly #working = new Set<Promise<void>>();
  #isFull = false;
  #status = 0;
  #nextCommand = 0;
  #port = '';

  constructor(socket: Socket, parts: ConnectionParts) {
    this.#socket = socket;
    this.#parts = parts;
    this.#login = new Login(parts);
    socket.setNoDelay(true);
    // A broken connection closes; there is nothing else to be done about it.
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
  }

  /** The initiator's port and the target: two sessions cannot have the same. Empty before the login is over. */
  get nexus(): string {
    return this.#port;
  }

  get targetName(): string | undefined {
    return this.#login.target?.name;
  }

  get initiatorName(): string {
    return this.#login.initiatorName;
  }

  get address(): string {
    return this.#parts.address;
  }

  /** Once this resolves, nothing that the initiator has sent reaches a disk any more. */
  async end(): Promise<void> {
    this.#socket.destroy();
    await Promise.all(this.#working);
  }

  #take(chunk: Buffer): void {
    try {
      for (const unit of this.#reader.take(chunk)) if (!this.#socket.destroyed) this.#serve(unit);
    } catch {
      // What no initiator sends: RangeError of a header, or of a field beyond its end.
      this.#socket.destroy();
    }
  }

  #serve(unit: Unit): void {
    const opcode = opcodeOf(unit);
    if (opcode === REQUEST.login) {
      this.#logIn(unit);
      return;
    }
    if (!this.#isFull) throw new RangeError('a request before the login');
    const hasNumber = opcode !== REQUEST.dataOut && opcode !== REQUEST.snack && !isImmediate(unit);
    if (hasNumber) this.#nextCommand = (unit.header.readUInt32BE(24) + 1) >>> 0;
    const serve = this.#services.get(opcode) ?? ((one) => this.#reject(one));
    serve(unit);
  }

  #logIn(unit: Unit): void {
    const { header, data } = unit;
    const flags = header.readUInt8(1);
    const stage = (flags >> 2) & 3;
    const next = flags & 3;
    const wantsTransit = (flags & FINAL) !== 0;
    this.#nextCommand = header.readUInt32BE(24);
    const answer = this.#login.take({ stage, wantsTransit, keys: keysIn(data) });
    const reply = answerHeader(ANSWER.login, unit, 0);
    header.copy(reply, 8, 8, 14);
    if (answer.kind === 'end') {
      reply.set(answer.status, 36);
      this.#send(reply, keyBytes(answer.keys));
      this.#socket.end();
      return;
    }
    const transits = wantsTransit && answer.mayTransit;
    reply.writeUInt8((stage << 2) | (transits ? FINAL | next : 0), 1);
    if (transits && next === STAGE.full) {
      this.#isFull = true;
      // The session's number; any but zero.
      reply.writeUInt16BE(1, 14);
      this.#port = [this.initiatorName, header.toString('hex', 8, 14), this.targetName ?? ''].join(' ');
      this.#parts.began(this);
    }
    this.#send(reply, keyBytes(answer.keys));
  }

  #answerPing(unit: Unit): void {
    if (tagOf(unit) === NO_TAG) return;
    const reply = answerHeader(ANSWER.nopIn, unit);
    unit.header.copy(reply, 8, 8, 16);
    reply.writeUInt32BE(NO_TAG, 20);
    this.#send(reply, Buffer.from(unit.data));
  }

  #answerText(unit: Unit): void {
    const reply = answerHeader(ANSWER.text, unit);
    reply.writeUInt32BE(NO_TAG, 20);
    const wantsTargets = keysIn(unit.data).has('SendTargets');
    const targets = wantsTargets ? this.#parts.listTargets(this.initiatorName) : [];
    const keys = targets.flatMap(
      ([name, portal]) =>
        [
          ['TargetName', name],
          ['TargetAddress', `${portal},1`],
        ] as const,
    );
    this.#send(reply, keyBytes(keys));
  }

  /** Commands that are running end by themselves soon; those that wait for data are forgotten. */
  #forgetWrites(unit: Unit): void {
    this.#writes.clear();
    this.#send(answerHeader(ANSWER.management, unit));
  }

  #logOut(unit: Unit): void {
    this.#send(answerHeader(ANSWER.logout, unit));
    this.#socket.end();
  }

  /** A command: what it writes comes with it, or is asked for. */
  #begin(unit: Unit): void {
    const kept = { header: Buffer.from(unit.header), data: Buffer.from(unit.data) };
    const size = Math.min(wantedBytes(commandBlock(kept)), expectedBytes(kept));
    if ((kept.header.readUInt8(1) & FLAG.writes) === 0 || size === 0) {
      this.#run(kept, Buffer.alloc(0));
      return;
    }
    const bytes = Buffer.alloc(size);
    const received = kept.data.copy(bytes);
    const write = { unit: kept, bytes, received, asked: 0 };
    this.#writes.set(tagOf(kept), write);
    this.#goOn(write);
  }

  #receive(unit: Unit): void {
    const write = this.#writes.get(tagOf(unit));
    if (write === undefined) return;
    if (unit.header.readUInt32BE(40) !== write.received) throw new RangeError('data out of their order');
    write.received += unit.data.copy(write.bytes, write.received);
    if ((unit.header.readUInt8(1) & FINAL) !== 0) this.#goOn(write);
  }

  /** Asks for the next burst, or runs the command when everything is here. */
  #goOn(write: PendingWrite): void {
    const { unit, bytes, received } = write;
    if (received >= bytes.length) {
      this.#writes.delete(tagOf(unit));
      this.#run(unit, bytes);
      return;
    }
    const ask = answerHeader(ANSWER.readyToTransfer, unit);
    unit.header.copy(ask, 8, 8, 16);
    ask.writeUInt32BE(tagOf(unit), 20);
    ask.writeUInt32BE(write.asked, 36);
    ask.writeUInt32BE(received, 40);
    ask.writeUInt32BE(Math.min(this.#login.burst, bytes.length - received), 44);
    write.asked += 1;
    this.#write(ask, Buffer.alloc(0));
  }

  #run(unit: Unit, data: Buffer): void {
    const work = this.#execute(unit, data).finally(() => this.#working.delete(work));
    this.#working.add(work);
  }

  /** Never rejects. */
  async #execute(unit: Unit, data: Buffer): Promise<void> {
    const disks = this.#parts.disksOf(this.targetName ?? '');
    // One level of LUNs: peripheral addressing up to 255 (SAM-5, 4.7).
    const lun = unit.header.readUInt8(9);
    try {
      const read = await runCommand(disks, lun, { block: commandBlock(unit), data });
      if (read === undefined) this.#respond(unit, data.length);
      else this.#sendData(unit, read);
    } catch (error) {
      // Of the file: a medium error.
      this.#refuse(unit, error instanceof Sense ? error : new Sense(3, 0x1100));
    }
  }

  #respond(unit: Unit, moved: number): void {
    const reply = answerHeader(ANSWER.response, unit);
    setResidual(reply, expectedBytes(unit) - moved);
    this.#send(reply);
  }

  #refuse(unit: Unit, { key, code }: Sense): void {
    const sense = Buffer.alloc(20);
    sense.writeUInt16BE(18, 0);
    sense.set([0x70, 0, key, 0, 0, 0, 0, 10], 2);
    sense.writeUInt16BE(code, 14);
    const reply = answerHeader(ANSWER.response, unit);
    reply.writeUInt8(CHECK_CONDITION, 3);
    setResidual(reply, expectedBytes(unit));
    this.#send(reply, sense);
  }

  /** The last unit has the command's status with it. */
  #sendData(unit: Unit, read: Buffer): void {
    const expected = expectedBytes(unit);
    const bytes = read.subarray(0, expected);
    if (bytes.length === 0) {
      this.#respond(unit, 0);
      return;
    }
    const most = this.#login.mostToSend;
    for (let offset = 0, number = 0; offset < bytes.length; offset += most, number += 1) {
      const part = bytes.subarray(offset, offset + most);
      const isLast = offset + part.length >= bytes.length;
      const reply = answerHeader(ANSWER.dataIn, unit, isLast ? FINAL | FLAG.hasStatus : 0);
      reply.writeUInt32BE(NO_TAG, 20);
      reply.writeUInt32BE(number, 36);
      reply.writeUInt32BE(offset, 40);
      if (isLast) {
        setResidual(reply, expected - bytes.length);
        this.#send(reply, part);
      } else this.#write(reply, part);
    }
  }

  #reject(unit: Unit): void {
    const reply = answerHeader(ANSWER.reject, undefined);
    reply.writeUInt8(PROTOCOL_ERROR, 2);
    this.#send(reply, Buffer.from(unit.header));
  }

  /** An answer that has a status of its own, which the initiator counts. */
  #send(header: Buffer, data: Buffer = Buffer.alloc(0)): void {
    header.writeUInt32BE(this.#status, 24);
    this.#status = (this.#status + 1) >>> 0;
    this.#write(header, data);
  }

  #write(header: Buffer, data: Buffer): void {
    header.writeUInt32BE(this.#nextCommand, 28);
    header.writeUInt32BE((this.#nextCommand + WINDOW - 1) >>> 0, 32);
    if (!this.#socket.destroyed) this.#socket.write(unitBytes(header, data));
  }
}

function commandBlock({ header }: Unit): Buffer {
  return header.subarray(32, 48);
}

/** How much the initiator wants to send or get. */
function expectedBytes({ header }: Unit): number {
  return header.readUInt32BE(20);
}

/** So many bytes less than the initiator expected. */
function setResidual(header: Buffer, missing: number): void {
  if (missing <= 0) return;
  header.writeUInt8(header.readUInt8(1) | FLAG.underflow, 1);
  header.writeUInt32BE(missing, 44);
}
