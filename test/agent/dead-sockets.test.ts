import { once } from 'node:events';
import { mkdtempSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeDeadSockets } from '../../src/agent/dead-sockets.js';

const folder = mkdtempSync(join(tmpdir(), 'dead-sockets-'));
const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true });
});

const path = (name: string): string => join(folder, name);

/** Seconds since 1970, from which on no time passes. */
const now = Date.now() / 1_000;
jest.spyOn(Date, 'now').mockReturnValue(now * 1_000);

function age(name: string, seconds: number): void {
  const then = now - seconds;
  utimesSync(path(name), then, then);
}

async function listening(name: string): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  await once(server.listen(path(name)), 'listening');
  return server;
}

/** As a killed process leaves it: closed, a server would take its own name away. */
async function dead(name: string): Promise<void> {
  const server = await listening(`${name}-before`);
  renameSync(path(`${name}-before`), path(name));
  server.close();
}

test('what killed agents of other builds have left goes; what lives, is young, or is none of theirs stays', async () => {
  await dead('old-build');
  await dead('own-build');
  await dead('newborn');
  servers.push(await listening('living-build'));
  for (const name of ['old-build.start', 'own-build.start', 'newborn.start', 'notes'])
    writeFileSync(path(name), '');
  for (const name of readdirSync(folder)) age(name, name.startsWith('newborn') ? 1 : 60);

  await removeDeadSockets(path('own-build'));
  expect(readdirSync(folder).sort()).toEqual(
    ['living-build', 'newborn', 'newborn.start', 'notes', 'own-build', 'own-build.start'].sort(),
  );
});

test('a folder that is gone is no fault', async () => {
  await expect(removeDeadSockets(join(folder, 'gone', 'socket'))).resolves.toBeUndefined();
});
