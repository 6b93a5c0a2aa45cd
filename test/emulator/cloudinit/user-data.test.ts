import { userDataParts } from '../../../src/emulator/cloudinit/user-data.js';

const kinds = (text: string) => userDataParts(text).map(({ kind, text: part }) => [kind, part.trim()]);

test.each([
  ['#cloud-config\na: 1', 'cloud-config'],
  ['#!/bin/sh\necho', 'script'],
  ['#cloud-boothook\n#!/bin/sh', 'boothook'],
  ['## template: jinja\n#cloud-config\n', 'jinja'],
  ['#include\nhttp://x', 'include'],
  ['a: 1', 'unhandled'],
])('%j is %s', (text, kind) => {
  expect(userDataParts(text).map((part) => part.kind)).toEqual([kind]);
});

test('nothing at all', () => {
  expect(userDataParts('')).toEqual([]);
  expect(userDataParts('\n  \n')).toEqual([]);
});

test('multipart: nested, encoded, with and without types of their own', () => {
  const message = [
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed;',
    ' boundary="==B=="',
    '',
    'preamble',
    '--==B==',
    'Content-Type: text/cloud-config; charset="utf-8"',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from('#cloud-config\nhostname: é\n').toString('base64'),
    '--==B==',
    'Content-Type: multipart/mixed; boundary=inner',
    '',
    '--inner',
    'Content-Type: text/x-shellscript; name="x"',
    'Content-Disposition: attachment; filename="setup.sh"',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    '#!/bin/sh',
    'echo =C3=A9 a=',
    'b',
    '--inner--',
    '--==B==',
    'Content-Type: text/plain',
    '',
    'only text',
    '--==B==--',
    'epilogue',
  ].join('\n');
  expect(kinds(message)).toEqual([
    ['cloud-config', '#cloud-config\nhostname: é'],
    ['script', '#!/bin/sh\necho é ab'],
    ['unhandled', 'only text'],
  ]);
  expect(userDataParts(message)[1]?.name).toBe('setup.sh');
  expect(kinds(message.replaceAll('\n', '\r\n')).map(([kind]) => kind)).toEqual([
    'cloud-config',
    'script',
    'unhandled',
  ]);
});

test('an archive: entries with and without a type, texts alone; what is no list has no parts', () => {
  const entries = [
    { type: 'text/x-shellscript', content: '#!/bin/sh\necho 1\n', filename: 'one.sh' },
    { content: '#cloud-config\nhostname: web-1\n', 'Merge-Type': 'list(append)' },
    '#cloud-boothook\n#!/bin/sh\n',
    { type: 'text/x-shellscript', content: '   ' },
    17,
  ];
  const parts = userDataParts(`#cloud-config-archive\n${JSON.stringify(entries)}`);
  expect(parts.map(({ kind, name, mergeType }) => [kind, name, mergeType])).toEqual([
    ['script', 'one.sh', undefined],
    ['cloud-config', 'part-002', 'list(append)'],
    ['boothook', 'part-003', undefined],
  ]);
  expect(parts[0]?.text).toBe('#!/bin/sh\necho 1\n');
  expect(userDataParts('#cloud-config-archive\na: 1\n')).toEqual([]);
  expect(userDataParts('#cloud-config-archive\n- [\n')).toEqual([]);
});

test('a message without its last boundary, or with none at all', () => {
  expect(kinds('Content-Type: multipart/mixed; boundary=b\n\n--b\n\n#!/bin/sh\nx')).toEqual([
    ['script', '#!/bin/sh\nx'],
  ]);
  expect(kinds('Content-Type: multipart/mixed\n\n#!/bin/sh')).toEqual([['script', '#!/bin/sh']]);
  const endless = 'Content-Type: multipart/mixed; boundary=b\n\n'.repeat(40);
  expect(kinds(endless).length).toBeLessThan(3);
});
