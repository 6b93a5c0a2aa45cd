import { findImage } from '../../../../src/prism/v3/lookup/image.js';
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
  return await findImage(backend, 'deb', home, systemDiskGiB, context()).catch((error: unknown) => error);
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
