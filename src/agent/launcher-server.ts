import { createServer } from 'node:net';

/** A launcher's connection, as the agent writes to it. */
export interface LauncherConnection {
  /** False when nothing that is written would arrive. */
  readonly isOpen: boolean;
  /** More is written than the launcher takes: `onRoom` tells when it has. */
  readonly isFull: boolean;
  write(bytes: Uint8Array): void;
  /** Closes it when all has gone out. */
  end(): void;
  destroy(): void;
  pause(): void;
  resume(): void;
}

/** What the agent does with what comes. */
export interface LauncherListener {
  onData(bytes: Buffer): void;
  onRoom(): void;
  onClose(): void;
}

export interface LauncherServer {
  /** Its place is not taken away: another agent may be there by now. */
  unref(): void;
}

type Accept = (connection: LauncherConnection) => LauncherListener;

/** Where launchers come; undefined when another agent has come first, or the place cannot be used. */
export async function listenForLaunchers(path: string, accept: Accept): Promise<LauncherServer | undefined> {
  const native = nativeSockets();
  return native === undefined ? await listenWithStreams(path, accept) : listenNatively(native, path, accept);
}

async function listenWithStreams(path: string, accept: Accept): Promise<LauncherServer | undefined> {
  const server = createServer((socket) => {
    const listener = accept({
      get isOpen() {
        return socket.writable;
      },
      get isFull() {
        return socket.writableNeedDrain;
      },
      write: (bytes) => void socket.write(bytes),
      end: () => void socket.end(),
      destroy: () => void socket.destroy(),
      pause: () => void socket.pause(),
      resume: () => void socket.resume(),
    });
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => listener.onData(bytes));
    socket.on('drain', () => listener.onRoom());
    socket.on('close', () => listener.onClose());
  });
  return await new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen(path, () => resolve(server));
  });
}

/** The part of the packaged runtime's own sockets that is used: they cost a session half of what its streams do. */
interface NativeSocket {
  data: NativeConnection | undefined;
  /** Returns how many bytes were taken; -1 = it is closed. */
  write(bytes: Uint8Array): number;
  end(): void;
  terminate(): void;
  pause(): void;
  resume(): void;
}

interface NativeSockets {
  listen(options: {
    readonly unix: string;
    readonly socket: {
      open(socket: NativeSocket): void;
      data(socket: NativeSocket, bytes: Buffer): void;
      drain(socket: NativeSocket): void;
      close(socket: NativeSocket): void;
      error(socket: NativeSocket): void;
    };
  }): LauncherServer;
}

function nativeSockets(): NativeSockets | undefined {
  const runtime: unknown = Reflect.get(globalThis, 'Bun');
  return isNative(runtime) ? runtime : undefined;
}

function isNative(runtime: unknown): runtime is NativeSockets {
  return typeof runtime === 'object' && runtime !== null && 'listen' in runtime;
}

function listenNatively(native: NativeSockets, path: string, accept: Accept): LauncherServer | undefined {
  try {
    return native.listen({
      unix: path,
      socket: {
        open: (socket) => void (socket.data = new NativeConnection(socket, accept)),
        data: (socket, bytes) => socket.data?.listener.onData(bytes),
        drain: (socket) => socket.data?.drained(),
        close: (socket) => socket.data?.closed(),
        error: (socket) => socket.terminate(),
      },
    });
  } catch {
    return undefined;
  }
}

class NativeConnection implements LauncherConnection {
  readonly listener: LauncherListener;
  readonly #socket: NativeSocket;
  #waiting: Uint8Array[] = [];
  #isEnding = false;
  isOpen = true;

  constructor(socket: NativeSocket, accept: Accept) {
    this.#socket = socket;
    this.listener = accept(this);
  }

  get isFull(): boolean {
    return this.#waiting.length > 0;
  }

  write(bytes: Uint8Array): void {
    if (this.isFull) this.#waiting.push(bytes);
    else this.#send(bytes);
  }

  end(): void {
    this.#isEnding = true;
    this.isOpen = false;
    if (!this.isFull) this.#socket.end();
  }

  destroy(): void {
    this.isOpen = false;
    this.#socket.terminate();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** The kernel takes more. */
  drained(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const bytes of waiting) this.write(bytes);
    if (this.isFull) return;
    if (this.#isEnding) this.#socket.end();
    this.listener.onRoom();
  }

  closed(): void {
    this.isOpen = false;
    this.#waiting = [];
    this.listener.onClose();
  }

  #send(bytes: Uint8Array): void {
    const taken = Math.max(0, this.#socket.write(bytes));
    if (taken < bytes.length) this.#waiting.push(bytes.subarray(taken));
  }
}
