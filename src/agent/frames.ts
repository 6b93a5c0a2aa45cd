/**
 * What launcher and agent send one another, both ways: | type, 1 byte | length, 4 bytes, big-endian | so many bytes |.
 * The launcher sends H (hello: texts that end with a zero byte, see `helloFrom`), S (a signal's number, one byte), P
 * (the client's process has ended) and O (a client has connected: its address and port, and the port it came to); the agent
 * sends 1 and 2 (standard output and error), N (a call that changes something begins: none may be repeated from now on) and
 * X (the exit code, one byte). Both send what is on the client's connection: D (bytes), E (no more of them come) and C (it
 * is closed).
 */
export type FrameType = 'H' | 'S' | 'P' | 'O' | '1' | '2' | 'N' | 'X' | 'D' | 'E' | 'C';

const HEAD = 5;
/** The launcher sends no longer one; an environment may be large. Bytes. */
const LONGEST = 1024 * 1024;

export function frame(type: FrameType, bytes: Uint8Array): Buffer {
  const whole = Buffer.allocUnsafe(HEAD + bytes.length);
  whole[0] = type.charCodeAt(0);
  whole.writeUInt32BE(bytes.length, 1);
  whole.set(bytes, HEAD);
  return whole;
}

export interface Frame {
  readonly type: string;
  readonly bytes: Buffer;
}

/** Puts pieces of a stream together to frames. @throws RangeError for a frame that is too long to be one of ours */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** Frames lie in the memory of `piece` where they are whole in it. */
  take(piece: Buffer): readonly Frame[] {
    this.#rest = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    const frames: Frame[] = [];
    while (this.#rest.length >= HEAD) {
      const length = this.#rest.readUInt32BE(1);
      if (length > LONGEST) throw new RangeError(`a frame of ${length} bytes`);
      if (this.#rest.length < HEAD + length) break;
      frames.push({
        type: String.fromCharCode(this.#rest[0] ?? 0),
        bytes: this.#rest.subarray(HEAD, HEAD + length),
      });
      this.#rest = this.#rest.subarray(HEAD + length);
    }
    return frames;
  }
}

/** What the launcher says of its client's wish. */
export interface Hello {
  /** Inode of the network namespace, in hexadecimal digits: a port of another one could not be reached. */
  readonly network: string;
  /** The process that started the launcher. */
  readonly client: number;
  readonly folder: string;
  /** Behind the program's name. */
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** Texts of a hello, each with a zero byte behind: network, client, folder, number of arguments, these, `NAME=value` … */
export function helloFrom(bytes: Buffer): Hello | undefined {
  const [network, client, folder, count, ...rest] = bytes.toString('utf8').split('\0').slice(0, -1);
  const number = Number(count);
  if (network === undefined || folder === undefined || !Number.isInteger(number)) return undefined;
  const variables = rest.slice(number).map((text): [string, string] => {
    const at = text.indexOf('=');
    return [text.slice(0, at), text.slice(at + 1)];
  });
  return {
    network,
    client: Number(client),
    folder,
    arguments: rest.slice(0, number),
    environment: Object.fromEntries(variables),
  };
}
