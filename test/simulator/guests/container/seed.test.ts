import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { parse } from 'yaml';
import type { GuestSpec } from '../../../../src/simulator/guests/index.js';
import { archiveOf } from '../../../../src/simulator/guests/container/vm-container.js';
import { seedFiles } from '../../../../src/simulator/guests/container/seed.js';

const SPEC: GuestSpec = {
  vmUuid: '0f3c5a1e-1111-4222-8333-444455556666',
  name: 'web-1',
  userData: '#cloud-config\nhostname: ünïcode\n',
  metaData: undefined,
  memoryMiB: 1024,
  cpus: 1,
  nics: [],
  disks: [],
};

function metaData(changes: Partial<GuestSpec>): unknown {
  const [first] = seedFiles({ ...SPEC, ...changes });
  return parse(first?.text ?? '');
}

describe('the seed of cloud-init', () => {
  test('has the user-data as they are, or none', () => {
    expect(seedFiles(SPEC)[1]).toEqual({ path: 'var/lib/cloud/seed/nocloud/user-data', text: SPEC.userData });
    expect(seedFiles({ ...SPEC, userData: undefined })[1]?.text).toBe('');
  });

  test.each<[string, Partial<GuestSpec>, Readonly<Record<string, unknown>>]>([
    ['the name of the VM', {}, { 'local-hostname': 'web-1' }],
    ['local-hostname of the meta-data', { metaData: 'local-hostname: db-1' }, { 'local-hostname': 'db-1' }],
    [
      'hostname of meta-data as JSON',
      { metaData: '{"hostname":"db-2","uuid":"x"}' },
      { 'local-hostname': 'db-2', hostname: 'db-2', uuid: 'x' },
    ],
    ['a name that is no host name', { name: '-Web 1 (prod), Zoë-' }, { 'local-hostname': 'Web-1-prod-Zo' }],
    ['a name without any letter for it', { name: '集群' }, { 'local-hostname': 'guest' }],
    ['a long name', { name: `${'x'.repeat(62)}-y` }, { 'local-hostname': 'x'.repeat(62) }],
    ['a host name that is no text', { metaData: 'local-hostname: 7' }, { 'local-hostname': 'web-1' }],
    ['meta-data that are no mapping', { metaData: '[1, 2]' }, { 'local-hostname': 'web-1' }],
    ['meta-data that are no YAML', { metaData: 'a: [' }, { 'local-hostname': 'web-1' }],
  ])('host name: %s', (_, changes, expected) => {
    expect(metaData(changes)).toEqual({ ...expected, 'instance-id': SPEC.vmUuid });
  });

  test('the instance is the VM, whatever the meta-data say', () => {
    expect(metaData({ metaData: 'instance-id: other' })).toHaveProperty('instance-id', SPEC.vmUuid);
  });
});

test('files travel as an archive that only root may read', async () => {
  const entries: { name: string; mode: number | undefined; text: string }[] = [];
  const reader = extract();
  reader.on('entry', (header, stream, next) => {
    void buffer(stream).then((content) => {
      entries.push({ name: header.name, mode: header.mode, text: content.toString('utf8') });
      next();
    });
  });
  const finished = new Promise<void>((resolve) => reader.on('finish', () => resolve()));
  Readable.from(
    await archiveOf([
      { path: 'a/b', text: 'ünï' },
      { path: 'c', text: '' },
    ]),
  ).pipe(reader);
  await finished;
  expect(entries).toEqual([
    { name: 'a/b', mode: 0o600, text: 'ünï' },
    { name: 'c', mode: 0o600, text: '' },
  ]);
});
