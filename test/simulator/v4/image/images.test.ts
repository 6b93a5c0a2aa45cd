import { PRESET } from '../../../../src/simulator/index.js';
import { at } from '../../api-client.js';
import { started } from '../../running.js';
import { V4Client } from '../v4-client.js';
import { GIB, imageDisk, vmBody } from '../vm/vm-bodies.js';

const IMAGES = '/api/vmm/v4.3/content/images';

const urlImage = {
  name: 'noble',
  type: 'DISK_IMAGE',
  source: { $objectType: 'vmm.v4.content.UrlSource', url: 'http://192.0.2.1/noble.img' },
  clusterLocationExtIds: [PRESET.cluster.uuid],
};

async function newV4(): Promise<V4Client> {
  const { api } = await started({ pcVersion: 'pc.7.6' });
  return new V4Client(api);
}

test('images of the inventory, found by name and by type', async () => {
  const v4 = await newV4();
  const named = await v4.get(`${IMAGES}?$filter=name+eq+'golden-image'&$orderby=sizeBytes+desc`);
  expect([at(named.body, 'data', 0, 'sizeBytes'), at(named.body, 'data', 1, 'sizeBytes')]).toEqual([
    4 * GIB,
    3 * GIB,
  ]);
  const isos = await v4.get(`${IMAGES}?$filter=type+eq+Vmm.Content.ImageType'ISO_IMAGE'`);
  expect(at(isos.body, 'data')).toMatchObject([{ extId: PRESET.iso.uuid, name: PRESET.iso.name }]);
});

test('an image from a URL, renamed, used and removed, and the same through API v3', async () => {
  const v4 = await newV4();
  const task = await v4.work('POST', IMAGES, urlImage);
  expect(task).toMatchObject({ operation: 'CreateImage', status: 'SUCCEEDED' });
  expect(at(task, 'entitiesAffected', 0, 'rel')).toBe('vmm:content:image');
  const image = String(at(task, 'entitiesAffected', 0, 'extId'));
  const one = `${IMAGES}/${image}`;
  const tag = async (): Promise<string> => String((await v4.get(one)).headers['etag']);
  const { body } = await v4.get(one);
  expect(at(body, 'data')).toMatchObject({
    sizeBytes: 2 * GIB,
    clusterLocationExtIds: [PRESET.cluster.uuid],
  });
  const renamed = { ...urlImage, name: 'noble-2', clusterLocationExtIds: undefined };
  expect(await v4.work('PUT', one, renamed, await tag())).toMatchObject({ status: 'SUCCEEDED' });
  const older = await v4.older.call('GET', `/images/${image}`);
  expect(at(older.body, 'status')).toMatchObject({
    name: 'noble-2',
    resources: { source_uri: urlImage.source.url },
  });
  const vm = await v4.made(vmBody({ disks: [imageDisk(GIB, image)] }));
  expect(await v4.work('DELETE', one, undefined, await tag())).toMatchObject({ status: 'SUCCEEDED' });
  expect((await v4.get(one)).status).toBe(404);
  // The VM keeps its disk, and can be changed although the image is gone.
  const disk = { backingInfo: { $objectType: 'vmm.v4.ahv.config.VmDisk', diskSizeBytes: GIB } };
  expect(await v4.workOnVm('POST', vm, '/disks', disk)).toMatchObject({ status: 'SUCCEEDED' });
});

test('an image on a cluster that is not there is not made', async () => {
  const v4 = await newV4();
  const nowhere = { ...urlImage, clusterLocationExtIds: ['11111111-2222-4333-8444-555555555555'] };
  const task = await v4.work('POST', IMAGES, nowhere);
  expect(task).toMatchObject({ status: 'FAILED', progressPercentage: 100 });
  expect((await v4.get(`${IMAGES}/${String(at(task, 'entitiesAffected', 0, 'extId'))}`)).status).toBe(404);
  const missing = await v4.change('DELETE', `${IMAGES}/${PRESET.image.uuid}`);
  expect(missing.status).toBe(428);
});
