import { chooseImage } from '../../../../src/prism/shared/index.js';
import { entitiesMeant } from '../../../../src/prism/v3/lookup/entities.js';
import { imageFrom } from '../../../../src/prism/v3/lookup/image.js';
import { context } from '../../fixtures.js';
import { CLUSTER, image, list, OTHER_CLUSTER } from '../../placement.js';
import { scriptedBackend } from '../backend.js';

const { start, stop } = scriptedBackend();
afterEach(stop);

const GIB = 2 ** 30;
const home = { id: CLUSTER, name: 'ganon' };

async function find(systemDiskGiB: number | undefined, ...images: object[]): Promise<unknown> {
  const { prism, backend } = await start();
  prism.on('POST images/list', list(...images));
  const wanted = { kind: 'image', name: 'deb' };
  try {
    const found = await entitiesMeant(backend, 'image', wanted, context());
    return chooseImage(
      wanted,
      found.map((one) => imageFrom(one, 'deb')),
      home,
      systemDiskGiB,
    );
  } catch (error) {
    return error;
  }
}

test('the one that is complete', async () => {
  const images = [
    image('i1', 'deb', {}, 'DELETE_PENDING'),
    image('i2', 'deb'),
    image('i3', 'deb', {}, 'RUNNING'),
  ];
  expect(await find(undefined, ...images)).toEqual({ image: { id: 'i2', name: 'deb' }, warnings: [] });
});

test('two that are complete: both, with their age', async () => {
  const old = { ...image('i1', 'deb'), metadata: { uuid: 'i1', creation_time: '2024-01-01T00:00:00Z' } };
  const error = await find(undefined, old, image('i2', 'deb'));
  expect(error).toMatchObject({
    code: 'ambiguous',
    problem: 'the name fits 2: i1 (2024-01-01T00:00:00Z), i2',
  });
});

describe('several of one name', () => {
  const on = (id: string, ...uuids: string[]): object =>
    image(id, 'deb', { current_cluster_reference_list: uuids.map((uuid) => ({ kind: 'cluster', uuid })) });
  const planned = (id: string, uuid: string): object =>
    image(id, 'deb', { initial_placement_ref_list: [{ kind: 'cluster', uuid }] });

  test.each<[string, object[], string]>([
    ['one on each cluster', [on('i1', OTHER_CLUSTER), on('i2', CLUSTER)], 'i2'],
    [
      'one on both clusters, one elsewhere',
      [on('i1', CLUSTER, OTHER_CLUSTER), on('i2', OTHER_CLUSTER)],
      'i1',
    ],
    ['one here, one that does not say', [image('i1', 'deb'), on('i2', CLUSTER)], 'i2'],
    ['one elsewhere, one that does not say', [on('i1', OTHER_CLUSTER), image('i2', 'deb')], 'i2'],
    ['one that is to be placed here', [on('i1', OTHER_CLUSTER), planned('i2', CLUSTER)], 'i2'],
    [
      'one here, and one here that is not complete',
      [
        on('i1', CLUSTER),
        image('i2', 'deb', { current_cluster_reference_list: [{ uuid: CLUSTER }] }, 'PENDING'),
      ],
      'i1',
    ],
  ])('%s: the one on the target cluster, without a warning', async (_case, images, id) => {
    expect(await find(undefined, ...images)).toEqual({ image: { id, name: 'deb' }, warnings: [] });
    expect(await find(undefined, ...images.toReversed())).toEqual({
      image: { id, name: 'deb' },
      warnings: [],
    });
  });

  test.each<[string, object[], string]>([
    [
      'two on the target cluster',
      [on('i1', CLUSTER), on('i2', OTHER_CLUSTER), on('i3', CLUSTER, OTHER_CLUSTER)],
      `the name fits 2: i1 (on ${CLUSTER}), i3 (on ${CLUSTER}, ${OTHER_CLUSTER})`,
    ],
    [
      'two elsewhere',
      [on('i1', OTHER_CLUSTER), on('i2', OTHER_CLUSTER)],
      `the name fits 2: i1 (on ${OTHER_CLUSTER}), i2 (on ${OTHER_CLUSTER})`,
    ],
    ['two that do not say', [image('i1', 'deb'), image('i2', 'deb')], 'the name fits 2: i1, i2'],
  ])('%s: an error that names them', async (_case, images, problem) => {
    expect(await find(undefined, ...images)).toMatchObject({ code: 'ambiguous', problem });
  });
});

test('none that is complete', async () => {
  const error = await find(undefined, image('i1', 'deb', {}, 'PENDING'), image('i2', 'deb', {}, 'ERROR'));
  expect(error).toMatchObject({
    code: 'invalid-input',
    problem: 'its state is PENDING, ERROR, not COMPLETE',
  });
});

test('an ISO image is no disk', async () => {
  expect(await find(undefined, image('i1', 'deb', { image_type: 'ISO_IMAGE' }))).toMatchObject({
    code: 'invalid-input',
    problem: 'it is of type ISO_IMAGE',
  });
});

test.each([
  [10, 10 * GIB, true],
  [10, 10 * GIB + 1, false],
  [9, 10 * GIB, false],
  [undefined, 10 * GIB, true],
  [1, undefined, true],
])('a system disk of %p GiB for an image of %p bytes: %p', async (disk, size, fits) => {
  const found = await find(disk, image('i1', 'deb', size === undefined ? {} : { size_bytes: size }));
  expect(found).toMatchObject(fits ? { image: { id: 'i1' } } : { code: 'invalid-input' });
});

test('the refusal of a small disk says how large it must be', async () => {
  const error = await find(9, image('i1', 'deb', { size_bytes: 9.5 * GIB }));
  expect(String(error)).toContain('it is 10 GiB and does not fit on a system disk of 9 GiB');
  expect(String(error)).toContain('Ask for 10 GiB or more');
});

test('an image on another cluster is a warning, not a refusal', async () => {
  const on = (uuid: string): object => image('i1', 'deb', { current_cluster_reference_list: [{ uuid }] });
  expect(await find(undefined, on(CLUSTER))).toMatchObject({ warnings: [] });
  expect(await find(undefined, on(OTHER_CLUSTER))).toMatchObject({
    warnings: [expect.stringContaining('Image "deb" is not on cluster "ganon" yet')],
  });
});
