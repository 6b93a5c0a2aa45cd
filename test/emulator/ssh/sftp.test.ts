import type { Client, SFTPWrapper, Stats } from 'ssh2';
import { promisify } from 'node:util';
import { keyPair, login, started } from '../guest.js';
import { connect, openSftp, runOver } from './ssh-client.js';

const ANN = `#cloud-config
users:
  - {name: root, ssh_authorized_keys: ['${keyPair.public}']}
  - {name: ann, ssh_authorized_keys: ['${keyPair.public}']}
`;

async function opened(user = 'root'): Promise<{ client: Client; sftp: SFTPWrapper }> {
  const client = await connect(login(await started({ userData: ANN }), user));
  return { client, sftp: await openSftp(client) };
}

function read(sftp: SFTPWrapper, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    sftp.readFile(path, 'utf8', (error, content) =>
      error === undefined ? resolve(String(content)) : reject(error),
    );
  });
}

const write = (sftp: SFTPWrapper, path: string, text: string) =>
  promisify(sftp.writeFile.bind(sftp))(path, text);
const stat = (sftp: SFTPWrapper, path: string) =>
  new Promise<Stats>((resolve, reject) => {
    sftp.stat(path, (error, stats) => (error === undefined ? resolve(stats) : reject(error)));
  });

test('files: write, append, read, size, mode, rename, remove', async () => {
  const { client, sftp } = await opened();
  await write(sftp, 'notes', 'one');
  await promisify(sftp.appendFile.bind(sftp))('notes', ' two');
  expect(await read(sftp, '/root/notes')).toBe('one two');
  await promisify(sftp.chmod.bind(sftp))('notes', 0o640);
  const stats = await stat(sftp, 'notes');
  expect([stats.size, stats.mode & 0o7777, stats.isFile()]).toEqual([7, 0o640, true]);
  await promisify(sftp.rename.bind(sftp))('notes', '/tmp/moved');
  await promisify(sftp.unlink.bind(sftp))('/tmp/moved');
  await expect(stat(sftp, '/tmp/moved')).rejects.toThrow('No such file');
  client.end();
});

test('folders and links', async () => {
  const { client, sftp } = await opened();
  await promisify(sftp.mkdir.bind(sftp))('/tmp/d');
  await runOver(client, 'for i in $(seq 250); do echo > /tmp/d/f$i; done');
  const names = await new Promise<string[]>((resolve, reject) => {
    sftp.readdir('/tmp/d', (error, list) =>
      error === undefined ? resolve(list.map((each) => each.filename)) : reject(error),
    );
  });
  expect(names.filter((name) => name.startsWith('f'))).toHaveLength(250);
  await expect(promisify(sftp.rmdir.bind(sftp))('/tmp/d')).rejects.toThrow('Directory not empty');
  await promisify(sftp.symlink.bind(sftp))('/tmp/d/f1', '/tmp/link');
  expect((await runOver(client, 'readlink /tmp/link')).out).toBe('/tmp/d/f1\n');
  client.end();
});

test('a user has the rights of that user', async () => {
  const { client, sftp } = await opened('ann');
  await expect(write(sftp, '/etc/hostname', 'mine')).rejects.toThrow('Permission denied');
  await expect(read(sftp, '/etc/sudoers')).rejects.toThrow('Permission denied');
  await write(sftp, 'mine', 'x');
  expect((await runOver(client, 'stat -c %U /home/ann/mine')).out).toBe('ann\n');
  client.end();
});

test('offsets out of this world are refused, and the guest lives on', async () => {
  const { client, sftp } = await opened();
  const handle = await new Promise<Buffer>((resolve, reject) => {
    sftp.open('/tmp/f', 'w+', (error, opened) => (error === undefined ? resolve(opened) : reject(error)));
  });
  const writing = new Promise((resolve, reject) => {
    sftp.write(handle, Buffer.from('x'), 0, 1, 2 ** 50, (error) =>
      error ? reject(error) : resolve(undefined),
    );
  });
  await expect(writing).rejects.toThrow('No space left on device');
  const reading = new Promise((resolve, reject) => {
    sftp.read(Buffer.from([9, 9]), Buffer.alloc(1), 0, 1, 0, (error) =>
      error ? reject(error) : resolve(undefined),
    );
  });
  await expect(reading).rejects.toThrow('Bad file descriptor');
  expect((await runOver(client, 'stat -c %s /tmp/f')).out).toBe('0\n');
  client.end();
});
