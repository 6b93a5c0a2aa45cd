import type { Guest, GuestTerminal } from '../../../src/simulator/guests/index.js';
import { started } from '../guest.js';

/** A terminal, and a way to wait for what it shows. */
class Watched {
  shown = '';
  isOver = false;
  readonly terminal: GuestTerminal;
  #wake: () => void = () => undefined;

  constructor(guest: Guest) {
    const show = (output: Uint8Array): Promise<void> => {
      this.shown += Buffer.from(output).toString();
      this.#wake();
      return Promise.resolve();
    };
    const ended = (): void => {
      this.isOver = true;
      this.#wake();
    };
    if (guest.openTerminal === undefined) throw new Error('the guest has no console');
    this.terminal = guest.openTerminal(show, ended);
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  /** What is shown after these keys, up to the next prompt. */
  async afterTyping(keys: string): Promise<string> {
    const before = this.shown.length;
    this.terminal.type(keys);
    await this.until(() => this.shown.slice(before).endsWith('# '));
    return this.shown.slice(before);
  }
}

test('a shell of root: keys are echoed, commands run, Ctrl-C ends one, exit the login', async () => {
  const { guest } = await started();
  const console = new Watched(guest);
  await console.until(() => console.shown.endsWith('root@web-1:~# '));
  expect(await console.afterTyping('id -un; hostname\r')).toBe(
    'id -un; hostname\r\nroot\r\nweb-1\r\nroot@web-1:~# ',
  );
  expect(await console.afterTyping('cd /etc\r')).toContain('root@web-1:/etc# ');
  console.terminal.type('echo begun; sleep 1000\r');
  await console.until(() => console.shown.endsWith('\r\nbegun\r\n'));
  expect(await console.afterTyping('\x03')).toContain('^C');
  expect(await console.afterTyping('echo $?\r')).toContain('130\r\n');
  console.terminal.type('exit\r');
  await console.until(() => console.isOver);
});

test('it ends when it is closed, and when the guest loses power', async () => {
  const { guest } = await started();
  const [closed, cut] = [new Watched(guest), new Watched(guest)];
  await closed.until(() => closed.shown.endsWith('# '));
  closed.terminal.type('sleep 1000\r');
  closed.terminal.close();
  closed.terminal.close();
  await closed.until(() => closed.isOver);
  await cut.until(() => cut.shown.endsWith('# '));
  await guest.powerOff();
  await cut.until(() => cut.isOver);
  const late = new Watched(guest);
  expect(late.isOver).toBe(true);
});
