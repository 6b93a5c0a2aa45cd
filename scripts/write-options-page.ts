import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { optionsMarkdown } from '../src/settings/options/reference.js';

/** Puts the tables of options into docs/options.md, between its two markers. `test/readme.test.ts` compares. */
const PAGE = join(__dirname, '..', 'docs', 'options.md');
const BETWEEN_MARKERS = /(<!-- options:[^>]*-->)[^]*?(<!-- \/options -->)/;

writeFileSync(
  PAGE,
  readFileSync(PAGE, 'utf8').replace(
    BETWEEN_MARKERS,
    (_, start: string, end: string) => `${start}\n\n${optionsMarkdown()}\n${end}`,
  ),
);
