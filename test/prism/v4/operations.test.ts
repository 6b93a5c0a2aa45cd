import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { operationFor, OPERATIONS } from '../../../src/prism/v4/operations.js';

const page = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'permissions.md'), 'utf8');

test.each(OPERATIONS.map((one) => ({ ...one, request: `${one.method} ${one.namespace} ${one.path}` })))(
  'docs/permissions.md has $request',
  ({ request, name }) => {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${request}\` `));
    expect(row).toContain(name === undefined ? 'not known' : `\`${name}\``);
  },
);

test.each([
  ['POST', '/ahv/config/vms/7/$actions/power-on', 'Power_On_Virtual_Machine'],
  ['GET', '/ahv/config/vms', 'View_Existing_Virtual_Machine'],
  ['POST', '/ahv/config/vms/7/$actions/shutdown', undefined],
  ['GET', '/elsewhere', undefined],
])('%s %s needs %s', (method, path, name) => {
  expect(operationFor('vmm', method, path)).toBe(name);
});
