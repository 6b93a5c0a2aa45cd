import { parse } from 'yaml';
import { userDataFor } from '../../src/guest/user-data.js';
import { DEPLOY, KEY, ROOT } from './setups.js';

const ARCHIVE = '#cloud-config-archive';

/** The entries of an archive, as cloud-init reads them. */
function entriesOf(text: string): readonly Readonly<Record<string, string>>[] {
  expect(text.startsWith(`${ARCHIVE}\n`)).toBe(true);
  return parse(text, { version: '1.1' }) as readonly Readonly<Record<string, string>>[];
}

const archived = (given: string, setup = DEPLOY) => entriesOf(userDataFor(setup, given, 'cloud-config'));

test.each([
  ['a script', '#!/bin/sh\necho "a\\nb: c" \n\ttab\n', 'text/x-shellscript'],
  ['a script without a line end', '#!/bin/sh\necho ü', 'text/x-shellscript'],
  ['a boothook', '#cloud-boothook\n#!/bin/sh\n: {}\n', 'text/cloud-boothook'],
  ['a template', '## template: jinja\n#cloud-config\na: {{ v1.region }}\n', 'text/jinja2'],
  ['a patch', '#cloud-config-jsonp\n[]\n', 'text/cloud-config-jsonp'],
  ['a part handler', '#part-handler\nimport os\r\n', 'text/part-handler'],
])('%s stays as it is, byte for byte, and ours follows', (_name, given, type) => {
  const [theirs, ours, keys] = archived(given);
  expect(theirs).toEqual({ type, content: given });
  expect(ours).toEqual({
    type: 'text/cloud-config',
    content: expect.stringContaining(KEY) as string,
    'Merge-Type': 'list(append)+dict(recurse_list,no_replace)+str()',
  });
  expect(keys).toEqual({ type: 'text/x-shellscript', content: expect.stringContaining(KEY) as string });
});

test('entries that there are already stay, and ours follow', () => {
  const given = `${ARCHIVE}\n- "#!/bin/sh\\necho 1\\n"\n- {type: text/cloud-config, content: "a: 1"}\n`;
  const entries = archived(given, ROOT);
  expect(entries.slice(0, 2)).toEqual([
    '#!/bin/sh\necho 1\n',
    { type: 'text/cloud-config', content: 'a: 1' },
  ]);
  expect(entries.slice(2).map(({ type }) => type)).toEqual(['text/cloud-config', 'text/cloud-config']);
});

test.each([
  ['#cloud-config\npackages: [git]\n', '#cloud-config\npackages: [git]\n'],
  ['', '#cloud-config\n'],
  ['\n  #Cloud-Config\na: 1\n', '#cloud-config\n#Cloud-Config\n'],
])('a cloud-config is one document that begins with its word: %j', (given, start) => {
  const text = userDataFor(DEPLOY, given, 'cloud-config');
  expect(text.slice(0, start.length)).toBe(start);
  expect(text).toContain(KEY);
});

test.each([
  ['{"ignition":{"version":"3.4.0"}}', 'this is an Ignition config'],
  ['MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n--b--\n', 'this is a MIME message'],
  ['#include\nhttps://example.org/x\n', 'this is a list of addresses to include'],
  ['#include-once\nhttps://example.org/x\n', 'this is a list of addresses to include'],
  [`${ARCHIVE}\na: 1\n`, 'no list follows'],
])('%j is refused in one sentence', (given, words) => {
  expect(() => userDataFor(DEPLOY, given, 'cloud-config')).toThrow(words);
});
