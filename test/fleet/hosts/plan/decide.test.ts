import { vmNotFound } from '../../../../src/libmachine/machine/index.js';
import { MachineConfig } from '../../../../src/settings/config/index.js';
import { decide, type HostFacts } from '../../../../src/fleet/hosts/plan/decide.js';
import type { HostCondition } from '../../../../src/fleet/hosts/plan/machine-states.js';
import { differences } from '../../../../src/fleet/hosts/plan/differences.js';
import type { SizeDrift } from '../../../../src/fleet/hosts/size/size-drift.js';

const DECLARED = ['--nutanix-vm-cpus=2', '--nutanix-vm-network=a'];
const made = { phase: 'created', arguments: DECLARED, since: '2026-01-01T00:00:00.000Z' } as const;
const half = { ...made, phase: 'creating' } as const;

function state(word: string, error = '', vm?: HostCondition['vm']): HostCondition {
  return { state: word, url: '', engine: '', error, vm };
}

const GONE = { is: 'gone' } as const;
const THERE = { is: 'there' } as const;
const UNKNOWN = { is: 'unknown', reason: 'Prism is away' } as const;
/** What docker-machine lists when the driver says that there is no VM. */
const LOST = vmNotFound(
  { attempt: (verb) => `${verb} web-1`, values: { ...new MachineConfig().values, VMId: 'vm-1' } },
  'find the state of',
).message;

describe('what apply does about a host', () => {
  const cases: [string, Partial<HostFacts>, string, RegExp][] = [
    ['nothing is there', { stored: false }, 'create', /not there/],
    ['someone removed it', { stored: false, record: made }, 'create', /removed by hand/],
    ['as declared', { stored: true, record: made, state: state('Running') }, 'keep', /as declared/],
    ['half made', { stored: true, record: half }, 'remake', /half made/],
    ['half made, without a folder', { stored: false, record: half }, 'remake', /half made/],
    ['stopped', { stored: true, record: made, state: state('Stopped') }, 'start', /stopped/],
    ...['Not Found', 'Error', 'Timeout', '', 'Stopped'].map(
      (word): [string, Partial<HostFacts>, string, RegExp] => [
        `no VM any more, and the client says "${word}"`,
        { stored: true, record: made, state: state(word, LOST, GONE) },
        'remake',
        /^its VM is gone$/,
      ],
    ),
    [
      'no VM any more and declared differently',
      { declared: ['--nutanix-vm-cpus=4'], stored: true, record: made, state: state('Error', LOST, GONE) },
      'remake',
      /VM is gone/,
    ],
    [
      'Prism does not answer',
      { stored: true, record: made, state: state('Error', 'refused', UNKNOWN) },
      'refuse',
      /^is Error: refused; whether its VM exists is not known: Prism is away$/,
    ],
    [
      'the client says not found, and Prism does not answer',
      { stored: true, record: made, state: state('Not Found', LOST, UNKNOWN) },
      'refuse',
      /^is Not Found: .*not known: Prism is away$/,
    ],
    [
      'the client says not found, and Prism has the VM',
      { stored: true, record: made, state: state('Not Found', LOST, THERE) },
      'refuse',
      /^is Not Found: /,
    ],
    [
      'the driver timed out',
      { stored: true, record: made, state: state('Timeout', '', THERE) },
      'refuse',
      /^is Timeout$/,
    ],
    [
      'no state at all',
      { stored: true, record: made, state: state('', 'no plugin', UNKNOWN) },
      'refuse',
      /^is in an unknown state: no plugin; whether its VM exists is not known/,
    ],
    [
      'stopped, and Prism does not answer',
      { stored: true, record: made, state: state('Stopped', '', UNKNOWN) },
      'start',
      /stopped/,
    ],
    ["someone's own", { stored: true, state: state('Running') }, 'keep', /not made by this tool/],
    ["someone's own, stopped", { stored: true, state: state('Stopped') }, 'refuse', /by hand/],
    [
      "someone's own, lost",
      { stored: true, state: state('Error', LOST, GONE) },
      'refuse',
      /VM is gone.*by hand/,
    ],
  ];
  test.each(cases)('%s', (_, facts, action, reason) => {
    const decision = decide({ declared: DECLARED, stored: false, ...facts }, { recreate: false });
    expect(decision).toEqual({ action, reason: expect.stringMatching(reason) as unknown });
  });

  describe('declared differently', () => {
    const changed = {
      declared: ['--nutanix-vm-cpus=4', '--nutanix-vm-network=a'],
      stored: true,
      record: made,
    };
    const what = 'nutanix-vm-cpus 2 → 4';
    const remains = `was made differently (${what}): apply --resize changes it`;
    const left: [string, object][] = [
      ['Running', { action: 'differs', reason: remains, remains }],
      ['Stopped', { action: 'start', reason: 'is stopped', remains }],
      ['Error', { action: 'refuse', reason: `is Error; ${remains}` }],
    ];
    test.each(left)('%s: it stays as it was made', (word, decision) => {
      expect(decide({ ...changed, state: state(word) }, { recreate: false })).toEqual(decision);
    });

    const asked: [string, object][] = [
      ['Running', { action: 'replace', reason: `${what}; --resize changes it without loss` }],
      ['Stopped', { action: 'replace', reason: `${what}; --resize changes it without loss` }],
      ['Error', { action: 'refuse', reason: `is Error; ${remains}` }],
    ];
    test.each(asked)('%s: with --recreate it is replaced if that can be', (word, decision) => {
      expect(decide({ ...changed, state: state(word) }, { recreate: true })).toEqual(decision);
    });

    const grows = {
      size: { sockets: 4, coresPerSocket: 1, memoryMiB: 2048 },
      needsStop: false,
      text: 'CPU sockets 2 → 4',
    };
    const shrinks = { ...grows, needsStop: true, text: 'CPU sockets 8 → 4' };
    const network = ['--nutanix-vm-cpus=4', '--nutanix-vm-network=b'];
    const known = (
      change: typeof grows | undefined,
      drift: readonly SizeDrift[] = [],
    ): HostFacts['size'] => ({
      is: 'known',
      change,
      drift,
    });
    test.each<[string, Partial<HostFacts>, object]>([
      [
        'it grows',
        { size: known(grows) },
        { action: 'resize', reason: 'CPU sockets 2 → 4; while it runs', size: grows },
      ],
      [
        'it shrinks',
        { size: known(shrinks) },
        { action: 'resize', reason: /stopped for that$/, size: shrinks },
      ],
      [
        'it is off',
        { size: known(shrinks), state: state('Stopped') },
        { action: 'resize', reason: /while it is off$/ },
      ],
      [
        'the VM has that size',
        { size: known(undefined) },
        { action: 'resize', reason: 'has its new size already' },
      ],
      [
        'somebody resized the VM',
        { declared: DECLARED, size: known(grows) },
        { action: 'resize', size: grows },
      ],
      ['nothing differs', { declared: DECLARED, size: known(undefined) }, { action: 'keep' }],
      [
        'Prism is away',
        { size: { is: 'unknown', reason: 'away' } },
        { action: 'refuse', reason: /cannot be read.*away$/ },
      ],
      [
        'more than the size differs',
        { declared: network, size: known(grows) },
        { action: 'differs', reason: /--recreate/ },
      ],
    ])('with --resize, %s', (_name, facts, decision) => {
      const found = decide(
        { ...changed, state: state('Running'), ...facts },
        { recreate: false, resize: true },
      );
      for (const [key, value] of Object.entries(decision)) {
        if (value instanceof RegExp) expect(found.reason).toMatch(value);
        else expect(found).toHaveProperty(key, value);
      }
    });

    const sockets = { flag: 'nutanix-vm-cpus', text: 'CPU sockets 6, declared 4' };
    const disk = { text: 'disk scsi.1 80 GiB, declared 50 GiB' };
    const bySize = 'has another size in Prism Central (CPU sockets 6, declared 4): apply --resize changes it';
    const byDisk =
      'has other disks in Prism Central (disk scsi.1 80 GiB, declared 50 GiB): change the file or the VM';
    const asDeclared = { ...changed, declared: DECLARED };
    test.each<[string, Partial<HostFacts>, object]>([
      ['CPU', { size: known(shrinks, [sockets]) }, { action: 'differs', reason: bySize, remains: bySize }],
      ['disks', { size: known(undefined, [disk]) }, { action: 'differs', reason: byDisk, remains: byDisk }],
      [
        'both, and it is off',
        { size: known(shrinks, [sockets, disk]), state: state('Stopped') },
        { action: 'start', reason: 'is stopped', remains: `${bySize}; ${byDisk}` },
      ],
      [
        'CPU, which a changed flag says already',
        { ...changed, size: known(shrinks, [sockets]) },
        { action: 'differs', reason: remains, remains },
      ],
      ['nothing', { size: known(undefined) }, { action: 'keep', reason: 'is as declared' }],
      ['it cannot be asked', { size: { is: 'unknown', reason: 'away' } }, { action: 'keep' }],
    ])('its VM differs in Prism: %s', (_name, facts, decision) => {
      const found = decide({ ...asDeclared, state: state('Running'), ...facts }, { recreate: false });
      expect(found).toMatchObject(decision);
    });

    test('disks that differ remain when it is resized, and never replace it', () => {
      const facts = {
        ...asDeclared,
        state: state('Running'),
        size: known(shrinks, [sockets, disk]),
      };
      expect(decide(facts, { recreate: false, resize: true })).toMatchObject({
        action: 'resize',
        remains: byDisk,
      });
      expect(decide(facts, { recreate: true })).toMatchObject({ action: 'differs' });
    });

    test('half made: it is made again, since nothing is lost', () => {
      expect(decide({ ...changed, record: half }, { recreate: true })).toMatchObject({ action: 'remake' });
    });
  });
});

test('differences name the flag, before and after', () => {
  expect(differences(['--a=1', '--n=x', '--n=y', '--on'], ['--a=2', '--n=x', '--n=z'])).toEqual([
    'a 1 → 2',
    'n y → z',
    'on true → none',
  ]);
  expect(differences(['--a=b=c'], ['--a=b=c'])).toEqual([]);
});
