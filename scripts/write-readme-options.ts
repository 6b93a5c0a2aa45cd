import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { optionsMarkdown } from '../src/libmachine/index.js';

/** Puts the table of options into README.md, between its two markers. `test/readme.test.ts` compares. */
const README = join(__dirname, '..', 'README.md');
const BETWEEN_MARKERS = /(<!-- options:[^>]*-->)[^]*?(<!-- \/options -->)/;

writeFileSync(
  README,
  readFileSync(README, 'utf8').replace(
    BETWEEN_MARKERS,
    (_, start: string, end: string) => `${start}\n\n${optionsMarkdown()}\n${end}`,
  ),
);
