import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rancherFields } from '../src/settings/options/rancher-fields.js';

/** Writes docs/rancher-fields.json. `test/settings/options/rancher-fields.test.ts` compares. */
writeFileSync(
  join(__dirname, '..', 'docs', 'rancher-fields.json'),
  `${JSON.stringify(rancherFields(), undefined, 2)}\n`,
);
