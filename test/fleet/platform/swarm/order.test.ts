import { nextInTurn, quorumProblem, type Standing } from '../../../../src/fleet/platform/swarm/order.js';
import { nodesShape, type SwarmNode } from '../../../../src/fleet/platform/swarm/engine.js';

test.each<[string[], string | undefined]>([
  [['leader', 'manager', 'worker', 'none'], 'none'],
  [['leader', 'manager', 'worker'], 'worker'],
  [['leader', 'manager'], 'manager'],
  [['leader'], 'leader'],
  [[], undefined],
])('of %j it is the turn of the %s', (waiting, next) => {
  expect(nextInTurn(waiting as Standing[], (standing) => standing)).toBe(next);
});

test('among equals the order of the file decides', () => {
  expect(nextInTurn(['b', 'a'], () => 'worker')).toBe('b');
});

/** Managers by their reachability, the one that goes first, and a worker, which never counts. */
function nodes(states: string): readonly SwarmNode[] {
  const managers = Array.from(states, (state, index) => ({
    ID: `m${index}`,
    Version: { Index: 1 },
    Spec: { Role: 'manager', Availability: 'active' },
    Status: {},
    ManagerStatus: { Reachability: state === '+' ? 'reachable' : 'unreachable' },
  }));
  const worker = {
    ID: 'w',
    Version: { Index: 1 },
    Spec: { Role: 'worker', Availability: 'active' },
    Status: {},
  };
  return nodesShape.parse([...managers, worker]);
}

test.each<[string, boolean]>([
  ['+++', true],
  ['++', true],
  ['+++++', true],
  ['-++', true],
  ['++-', false],
  ['+-', false],
  ['-+', false],
  ['+++--', false],
  ['--+++', true],
  ['++++-', true],
  ['+', false],
])('managers %s: the first may go: %s', (states, may) => {
  expect(quorumProblem(nodes(states), 'm0') === undefined).toBe(may);
});
