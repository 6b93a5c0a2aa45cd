import { z } from 'zod';
import type { Snapshot } from '../../src/provider/index.js';
import { jsonText, snapshotJson, volumeJson } from '../../src/volume-commands/output.js';
import type { VolumeSummary } from '../../src/volume/index.js';

const time = z.iso.datetime({ precision: 3 });
const sizeBytes = z.int().positive();
const volumeShape = z.strictObject({
  id: z.string(),
  name: z.string(),
  sizeBytes,
  filesystem: z.string().optional(),
  holders: z.array(z.string()).optional(),
  holderNodes: z.array(z.string()).optional(),
  mountpoint: z.string().optional(),
  madeAt: time.optional(),
  removed: z.strictObject({ at: time, keptUntil: time }).optional(),
});
const snapshotShape = z.strictObject({
  id: z.string(),
  name: z.string(),
  volumeId: z.string(),
  sizeBytes: sizeBytes.optional(),
  madeAt: time.optional(),
  ready: z.boolean(),
});

const moment = new Date(0);
const least: VolumeSummary = { id: '1', name: 'data', sizeBytes: 2 ** 30, filesystem: undefined };
const most: VolumeSummary = {
  ...least,
  filesystem: 'ext4',
  holders: ['VM "web-1"'],
  holderNodes: ['n1'],
  mountpoint: '/mnt',
  madeAt: moment,
  removed: { at: moment, keptUntil: moment },
};
const snapshot: Snapshot = {
  id: '2',
  name: 's',
  volumeId: '1',
  sizeBytes: 2 ** 30,
  madeAt: moment,
  ready: true,
};

describe('--json: sizes are numbers with their unit in the name, times ISO 8601 in UTC', () => {
  test.each([least, most])('volumes', (volume) => {
    const value: unknown = JSON.parse(jsonText(volumeJson(volume)));
    expect(volumeShape.parse(value)).toEqual(value);
  });

  test('snapshots; a size that is not known is left out', () => {
    for (const one of [snapshot, { ...snapshot, sizeBytes: 0, madeAt: undefined }]) {
      const value: unknown = JSON.parse(jsonText(snapshotJson(one)));
      expect(snapshotShape.parse(value)).toEqual(value);
    }
  });
});
