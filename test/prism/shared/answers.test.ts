import { isUuid } from '../../../src/prism/shared/index.js';
import { recorded } from '../v4/table-prism.js';

describe('an id of Prism Central', () => {
  test.each([
    ['version 4, variant of RFC 9562', '9d8b4cc2-37c0-4a5d-9f9c-1d3a4b5c6d7e'],
    ['version 6, variant 4', '0005b0f1-8f43-60f2-42b7-3cecef193712'],
    ['version 7, variant 6', '000633d6-6577-7490-6614-ac1f6b3d8797'],
    ['version 6, variant 5', '00065d12-354a-67bf-55bf-3cecef82de9b'],
    ['version 7, variant 7', '0006ffff-0000-7fff-7fff-ffffffffffff'],
    ['all zero', '00000000-0000-0000-0000-000000000000'],
    ['in capitals', '000633D6-6577-7490-6614-AC1F6B3D8797'],
  ])('%s', (_what, id) => {
    expect(isUuid(id)).toBe(true);
  });

  test.each([
    ['a name', 'default-cluster'],
    ['nothing', ''],
    ['without hyphens', '000633d665777490'.repeat(2)],
    ['in braces', '{000633d6-6577-7490-6614-ac1f6b3d8797}'],
    ['with more around it', 'ZXJnb24=:000633d6-6577-7490-6614-ac1f6b3d8797'],
    ['with an end of line', '000633d6-6577-7490-6614-ac1f6b3d8797\n'],
    ['with another letter', '000633d6-6577-7490-6614-ac1f6b3d879g'],
    ['with other digits', '000633d6-6577-7490-6614-ac1f6b3d879\u0667'],
  ])('not %s', (_what, text) => {
    expect(isUuid(text)).toBe(false);
  });

  test('those of a recorded VM, its disks and NICs', () => {
    const ids = recorded('A1').flatMap(({ response }) =>
      [...JSON.stringify(response.body).matchAll(/"extId":"([^":]+)"/g)].map(([, id = '']) => id),
    );
    expect(ids.length).toBeGreaterThan(5);
    expect(ids.filter((id) => !isUuid(id))).toEqual([]);
    // Some are none by the RFC: version 1 to 8, variant 8 to b.
    expect(ids.some((id) => !/^.{14}[1-8].{4}[89ab]/i.test(id))).toBe(true);
  });
});
