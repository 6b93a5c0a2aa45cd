import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { CSI_DRIVER_NAME } from '../../src/csi/serve-csi.js';
import { runVolumeCommands } from '../../src/volume-commands/index.js';
import { readSettings } from '../../src/volume-commands/config/settings-file.js';
import { volumeOptionsFrom } from '../../src/volume/index.js';

/** There is no Kubernetes here: what can be said of examples/kubernetes without one. */
const folder = mkdtempSync(join(tmpdir(), 'kubernetes-example-'));
afterAll(() => rmSync(folder, { recursive: true }));

const EXAMPLES = join(__dirname, '../../examples/kubernetes');
const named = z.looseObject({ name: z.string() });
const podShape = z.looseObject({
  containers: z.array(
    named.extend({
      command: z.array(z.string()).optional(),
      args: z.array(z.string()),
      volumeMounts: z.array(named.extend({ mountPath: z.string() })),
    }),
  ),
  volumes: z.array(named.extend({ hostPath: z.looseObject({ path: z.string() }).optional() })),
});
const objectShape = z.looseObject({
  kind: z.string(),
  metadata: named,
  provisioner: z.string().optional(),
  driver: z.string().optional(),
  parameters: z.record(z.string(), z.string()).optional(),
  stringData: z.record(z.string(), z.string()).optional(),
  spec: z.looseObject({ template: z.looseObject({ spec: podShape }).optional() }).optional(),
});
const objects = readdirSync(EXAMPLES).flatMap((file) =>
  parseAllDocuments(readFileSync(join(EXAMPLES, file), 'utf8')).map((document) => {
    expect([file, document.errors, document.warnings]).toEqual([file, [], []]);
    return objectShape.parse(document.toJS());
  }),
);

function only(kind: string): z.infer<typeof objectShape> {
  const [found, ...others] = objects.filter((one) => one.kind === kind);
  if (found === undefined || others.length > 0) throw new Error(`not one ${kind}`);
  return found;
}

test('all name the driver as it calls itself', () => {
  const names = [
    only('CSIDriver').metadata.name,
    only('StorageClass').provisioner,
    only('VolumeSnapshotClass').driver,
  ];
  expect(new Set(names)).toEqual(new Set([CSI_DRIVER_NAME]));
});

test('parameters of the class are options of a volume', () => {
  const own = Object.entries(only('StorageClass').parameters ?? {}).filter(([key]) => !key.includes('/'));
  expect(volumeOptionsFrom(Object.fromEntries(own), 'create a volume')).toEqual({
    mountOptions: ['noatime'],
  });
});

test('the settings are settings', async () => {
  const { 'nutanix-volume.yaml': text = '', 'ca.pem': authority = '' } = only('Secret').stringData ?? {};
  const [file, ca] = [join(folder, 'settings.yaml'), join(folder, 'ca.pem')];
  writeFileSync(ca, authority);
  writeFileSync(file, text.replace('/etc/nutanix-volume/ca.pem', ca), { mode: 0o600 });
  const { connection } = await readSettings(file, () => undefined);
  expect(connection).toMatchObject({ host: 'pc.example.com', trust: { kind: 'authorities' } });
});

describe.each(['Deployment', 'DaemonSet'])('the %s', (kind) => {
  const pod = only(kind).spec?.template?.spec ?? { containers: [], volumes: [] };

  test('starts the driver with words that it takes', async () => {
    const [driver] = pod.containers;
    expect(driver?.command).toEqual(['/usr/bin/nutanix-volume']);
    const ended = new AbortController();
    ended.abort();
    const lines: string[] = [];
    const code = await runVolumeCommands({
      args: driver?.args.map((word) => word.replace('unix:///csi', `unix://${folder}`)) ?? [],
      version: '1',
      environment: {},
      processId: process.pid,
      isRoot: true,
      print: (text) => lines.push(text),
      errors: { write: (line) => lines.push(line.toString()), flush: () => Promise.resolve(), broken: false },
      input: () => Promise.resolve(''),
      connect: () => Promise.reject(new Error('nothing is asked')),
      stop: ended.signal,
    });
    expect({ code, lines: lines.join('') }).toEqual({
      code: 0,
      lines: expect.stringContaining('csi.sock') as string,
    });
  });

  test('leads all sidecars to its socket, and has what it mounts', () => {
    const volumes = pod.volumes.map(({ name }) => name);
    for (const { name, args, volumeMounts } of pod.containers) {
      for (const mount of volumeMounts)
        expect([name, volumes]).toEqual([name, expect.arrayContaining([mount.name])]);
      expect(volumeMounts).toContainEqual({ name: 'socket', mountPath: '/csi' });
      if (name !== 'nutanix-volume')
        expect([name, args]).toEqual([name, expect.arrayContaining(['--csi-address=/csi/csi.sock'])]);
    }
  });
});

test('the kubelet finds the socket where the node has it', () => {
  const pod = only('DaemonSet').spec?.template?.spec;
  const path = pod?.volumes.find(({ name }) => name === 'socket')?.hostPath?.path ?? '';
  expect(path).toContain(CSI_DRIVER_NAME);
  const registrar = pod?.containers.find(({ name }) => name === 'registrar');
  expect(registrar?.args).toContain(`--kubelet-registration-path=${path}/csi.sock`);
});
