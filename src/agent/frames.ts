/**
 * What launcher and agent send one another, both ways: | type, 1 byte | length, 4 bytes, big-endian | so many bytes |.
 * The launcher sends H (hello: texts that end with a zero byte, see `helloFrom`), S (a signal's number, one byte) and O (a
 * client is connected, see `arrivalIn`); the agent sends 1 and 2 (standard output and error), X (the exit code, one byte)
 * and L (the launcher shall do without an agent). Both send what is on the client's connection: D (bytes), E (no more of them
 * come) and C (it is closed). G stands within O only: the launcher has answered the opening of net/rpc itself. Two are questions of one side and answers of the other: N (may a call begin that changes
 * something? From then on, none may be repeated) of the agent, and ? (are you there?) of the launcher.
 */
export type FrameType = 'H' | 'S' | 'O' | '1' | '2' | 'X' | 'L' | 'D' | 'E' | 'C' | 'N' | 'G' | '?';

const HEAD = 5;
/** The launcher sends no longer one; an environment may be large. Bytes. */
const LONGEST = 1024 * 1024;
/** The launcher takes no longer one; bytes. So many a pipe takes at once. */
export const LONGEST_TO_LAUNCHER = 4096;
/** What matters of a client's environment: its settings, and what says who and where the client is. */
const HANDED =
  /^(NUTANIX_|MACHINE_|SSL_CERT_|(HOME|PATH|USER|LOGNAME|USERNAME|TMPDIR|HTTPS_PROXY|https_proxy|ALL_PROXY|all_proxy|NO_PROXY|no_proxy)=)/;

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
  readonly folder: string;
  /** Inode of the network namespace, in hexadecimal digits: a port of another one could not be reached. */
  readonly network: string;
  /** The process that started the launcher. */
  readonly client: number;
  /** Behind the program's name. */
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Texts of a hello, each with a zero byte behind: folder, network, client, number of arguments, these, and the whole
 * environment as `NAME=value` …, of which the session gets no more than what matters.
 */
export function helloFrom(bytes: Buffer): Hello | undefined {
  const [folder, network, client, count, ...rest] = bytes.toString('utf8').split('\0').slice(0, -1);
  const number = Number(count);
  if (network === undefined || folder === undefined || !Number.isInteger(number)) return undefined;
  const variables = rest.slice(number).filter((text) => HANDED.test(text));
  return {
    network,
    client: Number(client),
    folder,
    arguments: rest.slice(0, number),
    environment: Object.fromEntries(variables.map(nameAndValue)),
  };
}

function nameAndValue(variable: string): [string, string] {
  const at = variable.indexOf('=');
  return [variable.slice(0, at), variable.slice(at + 1)];
}

/** A client's connection as the launcher tells of it. */
export interface Arrival {
  /** The launcher has answered the client's opening of the connection itself (G). */
  readonly isOpened?: true | undefined;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localPort: number;
  /** What client (D) and another agent (A) have said on it since. */
  readonly steps: readonly Frame[];
}

/**
 * The bytes of the frame O: the two ends as sockaddr_in, ports and addresses in the order of the network, then frames, of which
 * the first may be G:
 *
 *     | family 2 | peer's port 2 | peer's address 4 | 0, 8 | family 2 | own port 2 | own address 4 | 0, 8 | frames …
 */
export function arrivalIn(bytes: Buffer): Arrival {
  const [first, ...others] = new FrameReader().take(bytes.subarray(32));
  const isOpened = first?.type === 'G' || undefined;
  return {
    isOpened,
    remoteAddress: bytes.subarray(4, 8).join('.'),
    remotePort: bytes.readUInt16BE(2),
    localPort: bytes.readUInt16BE(18),
    steps: first === undefined || isOpened ? others : [first, ...others],
  };
}
