import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';

/** The whole output of the client about one host; what comes later is appended. */
export class HostLog {
  readonly path: string;
  readonly #file: WriteStream;

  constructor(folder: string, host: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.path = join(folder, `${host}.log`);
    this.#file = createWriteStream(this.path, { flags: 'a', mode: 0o600 });
    // A full disk must not end the work; the progress lines say what happens.
    this.#file.on('error', () => undefined);
  }

  line(text: string): void {
    this.#file.write(`${new Date().toISOString()} ${text}\n`);
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#file.destroyed) resolve();
      else this.#file.end(resolve);
    });
  }
}
