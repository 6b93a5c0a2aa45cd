import {
  decide,
  differences,
  isGone,
  type HostFacts,
  type MachineState,
} from '../../src/fleet/plan/decide.js';

const DECLARED = ['--nutanix-vm-cpus=2', '--nutanix-vm-network=a'];
const made = { phase: 'created', arguments: DECLARED, since: '2026-01-01T00:00:00.000Z' } as const;
const half = { ...made, phase: 'creating' } as const;

function state(word: string, error = ''): MachineState {
  return { state: word, url: '', engine: '', error };
}

describe('what apply does about a host', () => {
  const cases: [string, Partial<HostFacts>, string, RegExp][] = [
    ['nothing is there', { stored: false }, 'create', /not there/],
    ['someone removed it', { stored: false, record: made }, 'create', /removed by someone/],
    ['as declared', { stored: true, record: made, state: state('Running') }, 'keep', /as declared/],
    ['half made', { stored: true, record: half }, 'remake', /half made/],
    ['half made, without a folder', { stored: false, record: half }, 'remake', /half made/],
    ['stopped', { stored: true, record: made, state: state('Stopped') }, 'start', /stopped/],
    ['no VM any more', { stored: true, record: made, state: state('NotFound') }, 'remake', /VM is gone/],
    [
      'Prism does not answer',
      { stored: true, record: made, state: state('Error', 'refused') },
      'refuse',
      /refused/,
    ],
    ['the driver timed out', { stored: true, record: made, state: state('Timeout') }, 'refuse', /Timeout/],
    ["someone's own", { stored: true, state: state('Running') }, 'keep', /not made by this tool/],
    ["someone's own, stopped", { stored: true, state: state('Stopped') }, 'refuse', /by hand/],
    ["someone's own, lost", { stored: true, state: state('NotFound') }, 'refuse', /by hand/],
  ];
  test.each(cases)('%s', (_, facts, action, reason) => {
    const decision = decide({ declared: DECLARED, stored: false, ...facts }, { recreate: false });
    expect(decision).toEqual({ action, reason: expect.stringMatching(reason) as unknown });
  });

  test('declared differently: only when asked is it made again', () => {
    const facts = { declared: ['--nutanix-vm-cpus=4'], stored: true, record: made, state: state('Running') };
    expect(decide(facts, { recreate: false })).toMatchObject({ action: 'refuse' });
    expect(decide(facts, { recreate: true })).toMatchObject({ action: 'remake' });
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

test.each([
  [state('NotFound'), true],
  [state('Error', 'VM "web-1" no longer exists'), true],
  [state('Error', 'connect ECONNREFUSED'), false],
  [state('Running'), false],
])('%j means gone: %s', (machine, gone) => {
  expect(isGone(machine)).toBe(gone);
});
