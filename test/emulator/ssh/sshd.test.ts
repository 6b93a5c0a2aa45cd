import { connect as connectTcp } from 'node:net';
import { keyPair, login, started } from '../guest.js';
import { Forger } from './forger.js';
import { connect, exec, makeKeyPair, openShell, runOver } from './ssh-client.js';

const other = makeKeyPair();

describe('logging in', () => {
  test('with the key of the user-data, as root and as another user', async () => {
    const userData = `#cloud-config
users:
  - {name: root, ssh_authorized_keys: ['${keyPair.public}']}
  - {name: ann, shell: /bin/bash, ssh_authorized_keys: ['${other.public}']}
`;
    const guest = await started({ userData });
    const root = await connect(login(guest));
    expect(await runOver(root, 'whoami; pwd')).toEqual({ status: 0, out: 'root\n/root\n', err: '' });
    const ann = await connect(login(guest, 'ann', other.private));
    expect(await runOver(ann, 'whoami; pwd')).toEqual({ status: 0, out: 'ann\n/home/ann\n', err: '' });
    root.end();
    ann.end();
  });

  test.each([
    ['another key', 'root', other.private],
    ['another user', 'ubuntu', keyPair.private],
    ['a user without a name', '', keyPair.private],
  ])('is refused with %s', async (_what, user, key) => {
    const guest = await started();
    await expect(connect(login(guest, user, key))).rejects.toThrow(
      /authentication methods failed|Invalid username/,
    );
  });

  test('with each of several keys', async () => {
    const keys = `['${other.public}', '${keyPair.public}']`;
    const guest = await started({
      userData: `#cloud-config\nusers: [{name: root, ssh_authorized_keys: ${keys}}]\n`,
    });
    for (const key of [keyPair, other]) (await connect(login(guest, 'root', key.private))).end();
  });

  test('is refused when the known key is only shown, and another one signs', async () => {
    const guest = await started();
    const target = { ...login(guest), privateKey: undefined, agent: new Forger(keyPair, other) };
    await expect(connect(target)).rejects.toThrow('authentication methods failed');
    (await connect({ ...target, agent: new Forger(keyPair, keyPair) })).end();
  });

  test('is refused with a password', async () => {
    const guest = await started();
    const target = { ...login(guest), privateKey: '', password: 'root' };
    await expect(connect(target)).rejects.toThrow('authentication methods failed');
  });

  test('keys count as soon as they are in the file', async () => {
    const guest = await started();
    const root = await connect(login(guest));
    await runOver(root, 'cat > /root/.ssh/authorized_keys', other.public);
    root.end();
    await expect(connect(login(guest))).rejects.toThrow('authentication methods failed');
    (await connect(login(guest, 'root', other.private))).end();
  });

  test('root is told which user to take when only that one was given keys', async () => {
    const guest = await started({ userData: `#cloud-config\nssh_authorized_keys: ['${keyPair.public}']\n` });
    const root = await connect(login(guest));
    const channel = await exec(root, 'id');
    const [line] = await new Promise<string[]>((resolve) =>
      channel.once('data', (chunk: Buffer) => resolve([chunk.toString()])),
    );
    expect(line).toBe('Please login as the user "ubuntu" rather than the user "root".\n');
    root.end();
    const user = await connect(login(guest, 'ubuntu'));
    expect((await runOver(user, 'sudo whoami')).out).toBe('root\n');
    user.end();
  });
});

describe('commands', () => {
  test('streams and status are kept apart', async () => {
    const guest = await started();
    const root = await connect(login(guest));
    expect(await runOver(root, 'cat; echo oops >&2; exit 9', 'from outside')).toEqual({
      status: 9,
      out: 'from outside',
      err: 'oops\n',
    });
    expect((await runOver(root, 'nosuch')).status).toBe(127);
    root.end();
  });

  test('large input and output arrive whole', async () => {
    const guest = await started();
    const root = await connect(login(guest));
    const input = 'x'.repeat(3_000_000);
    expect((await runOver(root, 'tee /tmp/big | wc -c', input)).out).toBe('3000000\n');
    expect((await runOver(root, 'cat /tmp/big')).out).toHaveLength(3_000_000);
    root.end();
  });

  test('ten at a time on one connection', async () => {
    const guest = await started();
    const root = await connect(login(guest));
    const all = await Promise.all(
      Array.from({ length: 10 }, (_unused, index) => runOver(root, `echo ${index}`)),
    );
    expect(all.map(({ out }) => out)).toEqual(Array.from({ length: 10 }, (_unused, index) => `${index}\n`));
    root.end();
  });

  test('one that waits ends when the client goes', async () => {
    const guest = await started();
    const root = await connect(login(guest));
    const channel = await exec(root, 'echo begun; sleep 1000; echo never > /tmp/never');
    await new Promise((resolve) => channel.once('data', resolve));
    root.end();
    const again = await connect(login(guest));
    expect((await runOver(again, 'ls /tmp')).out).toBe('');
    again.end();
  });
});

describe('a terminal', () => {
  /** Types each text when what stands before it has appeared; gives all that was seen. */
  async function dialogue(...steps: readonly (readonly [seen: string, typed: string])[]): Promise<string> {
    const client = await connect(login(await started()));
    const channel = await openShell(client);
    let out = '';
    const left = [...steps];
    channel.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      const [step] = left;
      if (step === undefined || !out.endsWith(step[0])) return;
      left.shift();
      channel.write(step[1]);
    });
    await new Promise((resolve) => channel.once('close', resolve));
    client.end();
    return out;
  }

  test('echoes, edits, prompts, and knows where it is', async () => {
    const out = await dialogue(['~# ', 'cd /tmx\x7fp\r'], ['/tmp# ', 'whoami\r'], ['/tmp# ', 'exit 0\r']);
    expect(out).toContain('emulated guest');
    expect(out).toContain('root@web-1:~# cd /tmx\b \bp\r\nroot@web-1:/tmp# whoami\r\nroot\r\n');
  });

  test('Ctrl-C ends what runs and what is being typed, Ctrl-D the shell', async () => {
    const out = await dialogue(
      ['# ', 'sleep 1000\r'],
      ['sleep 1000\r\n', '\x03'],
      ['# ', 'echo after $?\r'],
      ['# ', 'cat\r'],
      ['cat\r\n', 'typed\r'],
      ['typed\r\ntyped\r\n', '\x03'],
      ['# ', 'rm -rf /\x03'],
      ['# ', '\x04'],
    );
    expect(out).toContain('^C\r\n');
    expect(out).toContain('after 130\r\n');
    expect(out.endsWith('# rm -rf /^C\r\nroot@web-1:~# ')).toBe(true);
  });

  test('asks for the rest of a command', async () => {
    const out = await dialogue(['# ', 'if true\r'], ['> ', 'then echo inside; fi\r'], ['# ', 'exit\r']);
    expect(out).toContain('> then echo inside; fi\r\ninside\r\n');
  });
});

describe('clients that do not behave', () => {
  test.each(['GET / HTTP/1.1\r\n\r\n', 'SSH-2.0-x\r\n\xff\xff\xff\xff', '\0'.repeat(100_000)])(
    '%j',
    async (bytes) => {
      const guest = await started();
      const socket = connectTcp(login(guest).port, guest.spec.address);
      socket.on('error', () => undefined);
      socket.write(Buffer.from(bytes, 'latin1'));
      socket.resume();
      await new Promise((resolve) => socket.once('close', resolve).setTimeout(500, () => socket.destroy()));
      const root = await connect(login(guest));
      expect((await runOver(root, 'echo still here')).out).toBe('still here\n');
      root.end();
    },
  );

  test('a session that never asks for anything', async () => {
    const guest = await started();
    const root = await connect(login(guest));
    // What OpenSSH does when it is interrupted at the right moment; ssh2 has no public way to do the same.
    const internals: unknown = Reflect.get(root, '_protocol');
    if (typeof internals !== 'object' || internals === null) throw new Error('ssh2 has changed');
    const open: unknown = Reflect.get(internals, 'session');
    if (typeof open !== 'function') throw new Error('ssh2 has changed');
    Reflect.apply(open, internals, [0, 65_536, 32_768]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    root.destroy();
    const again = await connect(login(guest));
    expect((await runOver(again, 'echo still here')).out).toBe('still here\n');
    again.end();
  });
});
