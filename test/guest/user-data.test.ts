import { gzipSync } from 'node:zlib';
import { userDataFor } from '../../src/guest/user-data.js';
import { recogniseUserData } from '../../src/guest/user-data-format.js';
import { mimePartsOf } from './mime-parts.js';
import { DEPLOY, KEY, ROOT, WITH_DISK } from './setups.js';

describe('recognising user-data', () => {
  it.each([
    ['', 'nothing'],
    [' \n\t\n', 'nothing'],
    ['#cloud-config\na: 1\n', 'cloud-config'],
    ['\uFEFF#cloud-config\n', 'cloud-config'],
    ['\n\n  #Cloud-Config\n', 'cloud-config'],
    ['Content-Type: multipart/mixed; boundary="b"\nMIME-Version: 1.0\n\n--b--\n', 'mime'],
    ['From nobody Fri Jan 11 07:00:00 1980\nMime-Version: 1.0\n\n', 'mime'],
  ])('%j is %s', (given, kind) => expect(recogniseUserData(given).kind).toBe(kind));

  it.each([
    ['#!/bin/sh\n', 'text/x-shellscript'],
    ['#!/bin/sh\ncat <<END\nMIME-Version: 1.0\nEND\n', 'text/x-shellscript'],
    ['## template: jinja\n#cloud-config\n', 'text/jinja2'],
    ['#include\nhttps://x\n', 'text/x-include-url'],
    ['#include-once\nhttps://x\n', 'text/x-include-once-url'],
    ['#cloud-boothook\n', 'text/cloud-boothook'],
    ['#cloud-config-archive\n[]', 'text/cloud-config-archive'],
    ['#cloud-config-jsonp\n[]', 'text/cloud-config-jsonp'],
    ['#part-handler\n', 'text/part-handler'],
    ['#upstart-job\n', 'text/upstart-job'],
  ])('%j has the MIME type %s', (given, mimeType) => {
    expect(recogniseUserData(given)).toEqual({ kind: 'part', mimeType, text: given });
  });

  it.each([
    ['plain text', 'echo hello', 'does not begin with anything that cloud-init knows'],
    ['YAML without its first line', 'users: []', 'does not begin with anything'],
    ['base64', Buffer.from('#cloud-config\npackages: [git]\n').toString('base64'), 'encoded (base64)'],
    [
      'base64 in lines',
      Buffer.from('#cloud-config\n')
        .toString('base64')
        .replace(/(.{8})/g, '$1\n'),
      'encoded (base64)',
    ],
    ['gzip in base64', gzipSync('#cloud-config\n').toString('base64'), 'compressed'],
    ['gzip read as text', gzipSync('#cloud-config\n').toString('utf8'), 'compressed'],
  ])('refuses %s', (_case, given, problem) => {
    expect(() => recogniseUserData(given)).toThrow(problem);
  });
});

test.each(['#cloud-config\nruncmd: [printf "a\\nb"]', '#!/bin/sh -c printf "a\\nb"'])(
  'a written-out line end is text: %j',
  (given) => expect(recogniseUserData(given)).toMatchObject({ text: given }),
);

describe('user-data of another kind than cloud-config', () => {
  it.each([
    ['ASCII', '#!/bin/sh\necho "a\\nb"\n'],
    ['no line end at the end', '#!/bin/sh\necho a'],
    ['blank lines at the end', '#!/bin/sh\necho a\n\n\n'],
    ['CRLF', '#!/bin/sh\r\necho a\r\n'],
    ['other letters', '#!/bin/sh\necho "ü 💾"\n'],
    ['lines like boundaries', '#!/bin/sh\ncat <<E\n--BOUNDARY\n--\nE\n'],
    ['a long line', `#!/bin/sh\necho ${'x'.repeat(5000)}\n`],
    ['a template', '## template: jinja\n#cloud-config\nhostname: {{ v1.local_hostname }}\n'],
  ])('comes through byte for byte: %s', (_case, given) => {
    const [theirs, ...ours] = mimePartsOf(userDataFor(ROOT, given));
    expect(theirs?.content).toBe(given);
    expect(ours.map((part) => part.type)).toEqual(['text/cloud-config', 'text/cloud-config']);
  });

  it.each(['#!/bin/sh\r\necho a\r\n', '#!/bin/sh\necho "ü"\n', '#!/bin/sh\necho \u0007\n'])(
    'travels as base64 where readers of mail change it: %j',
    (given) => expect(userDataFor(ROOT, given)).toMatch(/^[\t\n\x20-\x7e]*$/),
  );

  it('stands first; ours adds to it, but lets root in whatever it says', () => {
    const [, login, settings] = mimePartsOf(userDataFor(WITH_DISK, '#!/bin/sh\n'));
    expect(login?.headers).not.toHaveProperty('merge-type');
    expect(login).toMatchObject({ content: '#cloud-config\ndisable_root: false\n' });
    expect(settings?.headers['merge-type']).toBe('list(append)+dict(recurse_list,no_replace)+str()');
    expect(settings?.content).toContain(KEY);
    expect(settings?.content).toContain('/var/lib/docker');
  });

  it('keeps a MIME message whole', () => {
    const given =
      'Content-Type: multipart/mixed; boundary="b"\nMIME-Version: 1.0\n\n--b\nContent-Type: text/x-shellscript\n\n#!/bin/sh\n--b--\n';
    const message = userDataFor(ROOT, given);
    expect(message).toContain(`\n${given}\n--=====`);
    expect(mimePartsOf(message)[0]?.type).toBe('multipart/mixed');
  });

  it('gives another user than root the key also where theirs defines the user', () => {
    const parts = mimePartsOf(userDataFor(DEPLOY, '#!/bin/sh\n'));
    expect(parts.map((part) => part.type)).toEqual([
      'text/x-shellscript',
      'text/cloud-config',
      'text/x-shellscript',
    ]);
    expect(parts[2]?.content).toContain(`getent passwd 'deploy'`);
    expect(parts[2]?.content).toContain(KEY);
  });

  it.each([
    ['adds the default user where theirs may have no users', '#!/bin/sh\n', true],
    ['does not where theirs has users', '## template: jinja\n#cloud-config\nusers: []\n', false],
  ])('%s', (_case, given, expected) => {
    const settings = mimePartsOf(userDataFor(DEPLOY, given))[1]?.content ?? '';
    expect(settings.includes('- default')).toBe(expected);
  });

  it('is the same each time, so that a plan can be compared', () => {
    expect(userDataFor(ROOT, '#!/bin/sh\n')).toBe(userDataFor(ROOT, '#!/bin/sh\n'));
  });
});

it('without user-data of the person, is small and plain', () => {
  expect(userDataFor(ROOT)).toBe(`#cloud-config\ndisable_root: false\nssh_authorized_keys:\n  - ${KEY}\n`);
});
