import { distinctProblems, problemHeading } from '../../../src/fleet/context/distinct-problems.js';
import { spokenHosts } from '../../../src/fleet/context/host-names.js';

describe('names of hosts', () => {
  test.each<[readonly string[], string]>([
    [[], ''],
    [['web'], 'web'],
    [['dce-1', 'dce-2', 'dce-3', 'agent-1', 'agent-2'], 'dce-{1..3}, agent-1, agent-2'],
    [['w-1', 'w-3', 'w-4', 'w-5', 'w-7'], 'w-1, w-{3..5}, w-7'],
    [['w-08', 'w-09', 'w-10'], 'w-{08..10}'],
    [['w-8', 'w-9', 'w-10'], 'w-{8..10}'],
    [['a-1', 'b-2', 'c-3'], 'a-1, b-2, c-3'],
    [['w-3', 'w-2', 'w-1'], 'w-3, w-2, w-1'],
    [['a', 'b', 'c'], 'a, b, c'],
    [Array.from({ length: 50 }, (_, index) => `h${index + 1}`), 'h{1..50}'],
  ])('%j', (names, text) => {
    expect(spokenHosts(names)).toBe(text);
  });
});

describe('each problem once', () => {
  const ID = ['5b7a1c1e-0000-4000-8000-00000000000', '1', '2'] as const;

  test('with all hosts that it hit, though each says it of itself', () => {
    const problems = [1, 2, 3].map((number) => ({
      host: `web-${number}`,
      text: `create VM "web-${number}" (${ID[0]}${number}) at 10.0.0.${number}: no memory after ${number}.5 s`,
    }));
    const other = { host: 'db', text: 'disk full' };
    const found = distinctProblems([...problems, other]);
    expect(found).toEqual([
      { hosts: ['web-1', 'web-2', 'web-3'], text: 'create VM "HOST" (…) at …: no memory after …' },
      { hosts: ['db'], text: 'disk full' },
    ]);
    expect(found.map(problemHeading)).toEqual(['3 hosts (web-{1..3})', 'db']);
  });

  test('a problem of one host keeps its words', () => {
    const text = `create VM "web-1" (${ID[0]}1): no memory`;
    expect(distinctProblems([{ host: 'web-1', text }])).toEqual([{ hosts: ['web-1'], text }]);
  });

  test('hosts that are told the same text keep it', () => {
    const text = 'look up image "debian-13": there is none';
    expect(
      distinctProblems([
        { host: 'a', text },
        { host: 'b', text },
      ]),
    ).toEqual([{ hosts: ['a', 'b'], text }]);
  });

  test.each([
    ['web-1', 'web-10 is away', 'web-1', 'web-10 is away'],
    ['web', 'a web-server is away', 'db', 'a web-server is away'],
    ['a.b', 'axb and a.b.c', 'x', 'axb and a.b.c'],
  ])('a name that is part of another is not taken for it: %s in "%s"', (host, text, other, same) => {
    expect(
      distinctProblems([
        { host, text },
        { host: other, text: same },
      ]),
    ).toEqual([{ hosts: [host, other], text }]);
  });
});
