import { mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chapSecretIn } from '../../../src/volume/records/chap-secret.js';
import { RecordStore } from '../../../src/volume/records/record-store.js';
import { volumeRecordShape, type VolumeRecord } from '../../../src/volume/records/volume-record.js';
import { silentLogger } from '../../../src/support/index.js';

const folder = mkdtempSync(join(tmpdir(), 'record-store-'));
afterAll(() => rmSync(folder, { recursive: true }));
const files = join(folder, 'volumes');
const record = (id: string, sizeBytes: number): VolumeRecord =>
  volumeRecordShape.parse({ version: 1, id, name: `name-${id}`, sizeBytes });
/** As if nothing had been changed for a long time. */
const settle = (): void => utimesSync(files, new Date(0), new Date(0));

test('what another process changes is seen at once, at whatever moment', async () => {
  const store = new RecordStore(folder, silentLogger);
  const other = new RecordStore(folder, silentLogger);
  expect(await store.all()).toEqual([]);
  for (let size = 1; size <= 50; size += 1) {
    await other.put(record('a', size));
    if (size % 5 === 0) settle();
    expect(await store.all()).toEqual([record('a', size)]);
  }
  await other.put(record('b', 7));
  expect(await store.all()).toHaveLength(2);
  settle();
  expect(await store.all()).toHaveLength(2);
  await other.forget('b');
  expect(await store.all()).toEqual([record('a', 50)]);
});

test('a folder in which nothing was changed is not read again', async () => {
  const store = new RecordStore(folder, silentLogger);
  await store.put(record('a', 1));
  settle();
  const before = await store.all();
  writeFileSync(join(files, 'a.json'), 'not by renaming');
  expect(await store.all()).toBe(before);
  await expect(store.get('a')).rejects.toThrow('it is none of this version');
  await store.put(record('a', 2));
  expect(await store.all()).toEqual([record('a', 2)]);
});

test('records and the CHAP secret are for root alone', async () => {
  const secret = await chapSecretIn(folder);
  expect(await chapSecretIn(folder)).toBe(secret);
  await new RecordStore(folder, silentLogger).put(record('a', 3));
  const modes = ['chap-secret', 'volumes', 'volumes/a.json'].map(
    (path) => statSync(join(folder, path)).mode & 0o777,
  );
  expect(modes).toEqual([0o600, 0o700, 0o600]);
});
