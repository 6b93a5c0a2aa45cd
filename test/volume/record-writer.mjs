/**
 * `node record-writer.mjs FOLDER`: writes numbered records until it is killed, each on the disk before the next: a line at
 * the end of the file `records`, and a file of its own, so that the file system's journal is never empty. The number is
 * printed when the record is synced.
 */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const [folder = ''] = process.argv.slice(2);
const records = openSync(join(folder, 'records'), 'a');
const names = openSync(folder, 'r');
for (let number = 1; ; number += 1) {
  const own = openSync(join(folder, `record-${number}`), 'w');
  writeSync(own, String(number));
  fsyncSync(own);
  closeSync(own);
  fsyncSync(names);
  writeSync(records, `${number}\n`);
  fsyncSync(records);
  writeSync(1, `${number}\n`);
}
