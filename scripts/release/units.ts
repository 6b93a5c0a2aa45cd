import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PLACES, unitFiles } from '../../src/volume-commands/setup/units.js';

/** bun run scripts/release/units.ts FOLDER: the units of a package; they start nothing where nothing is configured. */
const [folder = ''] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
for (const [name, text] of unitFiles('/usr/bin/nutanix-volume')) {
  writeFileSync(
    join(folder, name),
    text.replace('[Unit]\n', `[Unit]\nConditionPathExists=${PLACES.settings}\n`),
  );
}
