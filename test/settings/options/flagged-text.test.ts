import type { ConfigValues } from '../../../src/settings/config/index.js';
import { flaggedText } from '../../../src/settings/options/entity-flags.js';
import { OperationError, type Concern } from '../../../src/support/index.js';

const VALUES: Partial<ConfigValues> = {
  StorageContainer: 'fast',
  Disks: ['size=10,container=slow', 'size=20,container=shared'],
  Subnet: ['net-a', 'net-b'],
};

function lookUp(concerns: Concern | undefined): OperationError {
  const attempted = `look up ${concerns?.kind ?? 'it'} "${concerns?.name ?? ''}"`;
  return new OperationError({ code: 'not-found', attempted, problem: 'no', advice: 'Do so.', concerns });
}

function together(...errors: readonly OperationError[]): OperationError {
  return new OperationError({
    code: 'not-found',
    attempted: 'look up all',
    problem: errors.map(({ message }, index) => `(${index + 1}) ${message}`).join(' '),
    cause: new AggregateError(errors),
  });
}

describe('an error about an entity names its flag', () => {
  test.each([
    ['Prism Central', 'pc:9440', '--nutanix-endpoint'],
    ['cluster', 'c', '--nutanix-cluster'],
    ['image', 'deb', '--nutanix-vm-image'],
    ['subnet', 'net-b', '--nutanix-vm-network'],
    ['project', 'dev', '--nutanix-project'],
    ['category', 'env=prod', '--nutanix-vm-categories'],
    ['GPU', 'M60, T4', '--nutanix-vm-gpu'],
    ['storage container', 'fast', '--nutanix-storage-container'],
    ['storage container', 'slow', '--nutanix-disk'],
    ['storage container', 'of neither', '--nutanix-storage-container'],
  ])('%s "%s": %s', (kind, name, flag) => {
    expect(flaggedText(lookUp({ kind, name }), VALUES)).toBe(
      `look up ${kind} "${name}" (${flag}): no. Do so.`,
    );
  });

  test('both flags where both say the name', () => {
    const values = { ...VALUES, StorageContainer: 'shared' };
    expect(flaggedText(lookUp({ kind: 'storage container', name: 'shared' }), values)).toContain(
      '"shared" (--nutanix-storage-container, --nutanix-disk): no',
    );
  });

  test.each([undefined, { kind: 'something new', name: 'x' }])('none where none is meant: %j', (concern) => {
    const error = lookUp(concern);
    expect(flaggedText(error, VALUES)).toBe(error.message);
  });

  test('of several in one error, also one within the other, each has its own, once', () => {
    const [image, subnet, other] = [
      lookUp({ kind: 'image', name: 'deb' }),
      lookUp({ kind: 'subnet', name: 'net-a' }),
      lookUp(undefined),
    ];
    expect(flaggedText(together(other, together(image, subnet)), VALUES)).toBe(
      'look up all: (1) look up it "": no. Do so. (2) look up all: ' +
        '(1) look up image "deb" (--nutanix-vm-image): no. Do so. ' +
        '(2) look up subnet "net-a" (--nutanix-vm-network): no. Do so.',
    );
  });
});
