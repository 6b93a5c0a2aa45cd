import { Duplex } from 'node:stream';
import type { ClientConnection } from '../libmachine/index.js';
import type { FrameType, Arrival } from './frames.js';

/** How frames go out. `done` is called when there is room for more. */
export type SendFrame = (type: FrameType, bytes: Uint8Array, done?: () => void) => void;

const NOTHING = new Uint8Array(0);

/** The connection of a client that the launcher has accepted: its bytes come and go in frames. */
export class FramedConnection extends Duplex implements ClientConnection {
  readonly isOpened: true | undefined;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress = '127.0.0.1';
  readonly localPort: number;
  readonly #send: SendFrame;
  readonly #onRoom: () => void;
  #isOpen = true;

  /** `onRoom`: what has arrived was taken, more may come. */
  constructor(arrival: Arrival, send: SendFrame, onRoom: () => void) {
    super({ allowHalfOpen: true });
    this.isOpened = arrival.isOpened;
    this.remoteAddress = arrival.remoteAddress;
    this.remotePort = arrival.remotePort;
    this.localPort = arrival.localPort;
    this.#send = send;
    this.#onRoom = onRoom;
  }

  /** Bytes of the client. False = no more may come until there is room. */
  arrived(bytes: Buffer): boolean {
    return this.destroyed || this.push(bytes);
  }

  /** The client has closed its side. */
  ended(): void {
    if (!this.destroyed) this.push(null);
  }

  /** The connection is no more. */
  gone(): void {
    this.#isOpen = false;
    this.destroy();
  }

  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  override _read(): void {
    this.#onRoom();
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#send('D', chunk, done);
  }

  override _final(done: () => void): void {
    this.#send('E', NOTHING, done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (this.#isOpen) this.#send('C', NOTHING);
    this.#isOpen = false;
    done(error);
  }
}
