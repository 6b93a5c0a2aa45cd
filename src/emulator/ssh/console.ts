import type { GuestTerminal } from '../../simulator/index.js';
import { rootUser } from '../os/accounts.js';
import type { System } from '../os/process.js';
import type { ByteSource } from '../os/streams.js';
import { guarded, interactiveShell, loginProcess } from './login-process.js';
import { Terminal } from './terminal.js';

/** Root's shell at the guest's console. Who has the console has the machine, so there is no password. */
export function openConsole(
  system: System,
  show: (output: Uint8Array) => Promise<void>,
  ended: () => void,
): GuestTerminal {
  const hungUp = new AbortController();
  const signal = AbortSignal.any([system.signal, hungUp.signal]);
  const keyboard = new Keyboard();
  signal.addEventListener('abort', () => keyboard.close(), { once: true });
  const terminal = new Terminal(keyboard, { write: show });
  const user = system.accounts.user('root') ?? rootUser;
  const env = new Map([['TERM', 'dumb']]);
  const process = loginProcess(system, user, { streams: terminal.streams, env, signal, terminal: true });
  void guarded(process, () => interactiveShell(process, terminal)).finally(ended);
  return {
    type: (keys) => keyboard.type(keys),
    close: () => hungUp.abort(new Error('the terminal was closed')),
  };
}

/** Keys in the order in which they are pressed. */
class Keyboard implements ByteSource {
  readonly #keys: Uint8Array[] = [];
  #isClosed = false;
  #wake: () => void = () => undefined;

  type(keys: string): void {
    if (keys !== '' && !this.#isClosed) this.#keys.push(Buffer.from(keys));
    this.#wake();
  }

  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  async read(): Promise<Uint8Array | undefined> {
    for (;;) {
      const keys = this.#keys.shift();
      if (keys !== undefined || this.#isClosed) return keys;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
