import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keysMarkdown } from '../src/fleeting/plugin-config/reference.js';

/** Puts the tables of keys into docs/fleeting.md, between its two markers. `test/fleeting/plugin-config/keys-page.test.ts` compares. */
const PAGE = join(__dirname, '..', 'docs', 'fleeting.md');
const BETWEEN_MARKERS = /(<!-- keys:[^>]*-->)[^]*?(<!-- \/keys -->)/;

writeFileSync(
  PAGE,
  readFileSync(PAGE, 'utf8').replace(
    BETWEEN_MARKERS,
    (_, start: string, end: string) => `${start}\n\n${keysMarkdown()}\n${end}`,
  ),
);
