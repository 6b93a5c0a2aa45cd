import { chooseOne, chooseSome, type Offered, type Choosable } from '../../../src/fleet/init/choice.js';

const CLUSTER: Choosable = { word: 'cluster', option: '--cluster', given: undefined, usual: undefined };
const usual = (value: string) => ({ variable: 'NUTANIX_CLUSTER', value });
const BLUE: Offered = { id: 'b-1', name: 'blue', note: '2.0 GiB' };
const RED: Offered = { id: 'r-1', name: 'red' };
const OTHER_RED: Offered = { id: 'r-2', name: 'red', note: 'slow' };
const HOSTILE: Offered = { id: 'h-1', name: 'evil\u001B[2J\nCluster: blue\u202E' };

/** Answers in turn, and everything that was shown. */
function dialogueWith(...answers: string[]) {
  const shown: string[] = [];
  return {
    shown,
    say: (line: string) => void shown.push(line),
    ask: (question: string) => {
      shown.push(question);
      const answer = answers.shift();
      return answer === undefined ? Promise.reject(new Error('asked too often')) : Promise.resolve(answer);
    },
  };
}

describe('without a user', () => {
  test.each<[string, Partial<Choosable>, readonly Offered[], Offered | string]>([
    ['one is taken', {}, [RED], RED],
    ['by name', { given: 'red' }, [BLUE, RED], RED],
    ['by UUID', { given: 'R-2' }, [RED, OTHER_RED], OTHER_RED],
    ['the option comes before the environment', { given: 'red', usual: usual('blue') }, [BLUE, RED], RED],
    ['by the environment', { usual: usual('red') }, [BLUE, RED], RED],
    ['several', {}, [BLUE, RED], '--cluster is needed; there are "blue", "red"'],
    ['not there', { given: 'x' }, [BLUE], '--cluster "x" is not there; there are "blue"'],
    [
      'not there in the environment',
      { usual: usual('x') },
      [BLUE, RED],
      '--cluster ($NUTANIX_CLUSTER) "x" is not there; there are "blue", "red"',
    ],
    [
      'of one name',
      { given: 'red' },
      [RED, OTHER_RED],
      '--cluster "red" fits 2: r-1, r-2 (slow); give the UUID',
    ],
    ['none', {}, [], '--cluster: this account sees no cluster that a host can have; check its role'],
    ['hostile', { given: 'x' }, [HOSTILE], '--cluster "x" is not there; there are "evil Cluster: blue "'],
  ])('%s', async (_, more, candidates, expected) => {
    expect(await chooseOne({ ...CLUSTER, ...more }, candidates, undefined)).toEqual(expected);
  });

  test('a long list is cut', async () => {
    const many = Array.from({ length: 400 }, (_, index) => ({ id: `${index}`, name: `n${index}` }));
    const text = await chooseOne(CLUSTER, many, undefined);
    expect(text).toContain('"n19" and 380 more');
  });
});

describe('with a user', () => {
  test('the only one is said, and not asked for', async () => {
    const dialogue = dialogueWith();
    expect(await chooseOne(CLUSTER, [RED], dialogue)).toBe(RED);
    expect(dialogue.shown).toEqual(['Cluster: red (the only one)']);
  });

  test.each<[string, string[], Offered]>([
    ['nothing takes the first', [''], BLUE],
    ['a number', ['2'], RED],
    ['a name', ['blue'], BLUE],
    ['a UUID', ['r-2'], OTHER_RED],
    ['numbers that are none are asked again', ['0', '4', '99999999999999999999', '3'], OTHER_RED],
    ['a part of a name makes the list shorter', ['RE', '2'], OTHER_RED],
    ['a name that several have makes the list shorter', ['red', '1'], RED],
    ['nothing like it is asked again', ['green', '1'], BLUE],
  ])('%s', async (_, answers, expected) => {
    expect(await chooseOne(CLUSTER, [BLUE, RED, OTHER_RED], dialogueWith(...answers))).toBe(expected);
  });

  test('a number that is not shown is a name or a part of one', async () => {
    const vlans = Array.from({ length: 200 }, (_, index) => ({ id: `v-${index}`, name: `vlan-${index}` }));
    const plain = Array.from({ length: 200 }, (_, index) => ({ id: `p-${index}`, name: `${index + 500}` }));
    const dialogue = dialogueWith('173', '1');
    expect(await chooseOne(CLUSTER, vlans, dialogue)).toBe(vlans[173]);
    expect(dialogue.shown).toContain('  1  vlan-173');
    expect(await chooseOne(CLUSTER, plain, dialogueWith('600'))).toBe(plain[100]);
    const lost = dialogueWith('999', '20');
    expect(await chooseOne(CLUSTER, vlans, lost)).toBe(vlans[19]);
    expect(lost.shown).toContain('There is no 999 here: type a number from 1 to 20, or a part of a name.');
  });

  test('what the environment says is the default', async () => {
    const dialogue = dialogueWith('');
    expect(await chooseOne({ ...CLUSTER, usual: usual('red') }, [BLUE, RED], dialogue)).toBe(RED);
  });

  test('those of one name are told apart, and no name moves the cursor', async () => {
    const dialogue = dialogueWith('1');
    await chooseOne(CLUSTER, [HOSTILE, RED, OTHER_RED], dialogue);
    expect(dialogue.shown).toEqual([
      'Choose the cluster:',
      '  1  evil Cluster: blue ',
      '  2  red  (r-1)',
      '  3  red  (slow, r-2)',
      'Cluster [1]: ',
      'Cluster: evil Cluster: blue ',
    ]);
  });
});

describe('several', () => {
  const COMMA: Offered = { id: 'c-1', name: 'blue,red' };
  test.each<[string, Partial<Choosable>, readonly Offered[], readonly Offered[] | string]>([
    ['one', { given: 'red' }, [BLUE, RED], [RED]],
    ['the only one', {}, [RED], [RED]],
    ['a list', { given: 'red, b-1' }, [BLUE, RED], [RED, BLUE]],
    ['one twice', { given: 'red,red' }, [RED], [RED, RED]],
    ['a list in the environment', { usual: usual('red,blue') }, [BLUE, RED], [RED, BLUE]],
    ['a name that has a comma', { usual: usual('blue,red') }, [BLUE, RED, COMMA], [COMMA]],
    ['the option before the environment', { given: 'blue', usual: usual('red,blue') }, [BLUE, RED], [BLUE]],
    [
      'one of the list is not there',
      { usual: usual('red,x') },
      [BLUE, RED],
      '--cluster ($NUTANIX_CLUSTER) "x" is not there; there are "blue", "red"',
    ],
    ['nothing but commas', { given: ' ,' }, [RED], '--cluster " ," is not there; there are "red"'],
    [
      'none',
      { given: 'x' },
      [],
      '--cluster: this account sees no cluster that a host can have; check its role',
    ],
  ])('%s', async (_, more, candidates, expected) => {
    expect(await chooseSome({ ...CLUSTER, ...more }, candidates, undefined)).toEqual(expected);
  });

  test.each([
    ['', [RED, BLUE]],
    ['3', [RED]],
  ])('a user is offered the list of the environment first, and answers %j', async (answer, expected) => {
    const dialogue = dialogueWith(answer);
    expect(await chooseSome({ ...CLUSTER, usual: usual('red,blue') }, [BLUE, RED], dialogue)).toEqual(
      expected,
    );
    expect(dialogue.shown).toContain('  1  red, blue  ($NUTANIX_CLUSTER)');
  });

  test('a user who has a list that is not there is asked as without it', async () => {
    const dialogue = dialogueWith('2');
    expect(await chooseSome({ ...CLUSTER, usual: usual('red,x') }, [BLUE, RED], dialogue)).toEqual([RED]);
  });
});
