import { leftAlone, requireNeeded } from '../../../../src/fleet/hosts/ownership/left-alone.js';
import type { ForeignHosts } from '../../../../src/fleet/hosts/ownership/ownership.js';
import { hasCode } from '../../../../src/support/index.js';
import { fleetOf } from '../../declaration/declaration.js';

const FLEET = `
name: web
groups:
  - { name: server, count: 2, role: server }
  - { name: node, count: 2, role: node }
  - { name: plain }
`;
const SWARM = `
name: web
groups:
  - { name: m, count: 3, swarm: manager }
  - { name: w, count: 2, swarm: worker }
`;
const step = (name: string, on: string, run = 'true'): string =>
  `  - { name: ${name}, 'on': { ${on} }, run: '${run}' }\n`;

const notOurs = (names: readonly string[]): ForeignHosts =>
  new Map(names.map((name) => [name, 'was not made by this tool']));

/** The sentence of the error, or an empty text. */
function refusal(text: string, foreign: readonly string[]): string {
  try {
    requireNeeded(fleetOf(text), notOurs(foreign));
    return '';
  } catch (error) {
    if (!hasCode(error, 'conflict')) throw error;
    return error.message;
  }
}

describe('hosts that this tool did not make', () => {
  const everything =
    `${SWARM}install:\n${step('agent', 'role: all')}` +
    `checks: [{ name: up, command: { 'on': { role: w-2 }, run: 'true' } }]\n`;
  test.each<[string, string, string[], string[]]>([
    ['all are ours', everything, [], []],
    [
      'a worker',
      everything,
      ['w-1'],
      ['w-1 was not made by this tool: left alone, not joined to the swarm, not installed'],
    ],
    [
      'one that a command is to run on',
      everything,
      ['w-2'],
      [
        'w-2 was not made by this tool: left alone, not joined to the swarm, not installed, not checked by commands',
      ],
    ],
    [
      'nothing is wanted of it but to be there',
      `${FLEET}install:\n${step('a', 'role: node')}`,
      ['plain'],
      [],
    ],
    ['a host that is not declared', everything, ['other'], []],
  ])('%s', (_, text, foreign, sentences) => {
    expect(leftAlone(fleetOf(text), notOurs(foreign))).toEqual(sentences);
  });
});

describe('what cannot be done without them is refused before anything is made', () => {
  const install = (...steps: string[]): string => `${FLEET}install:\n${steps.join('')}`;
  test.each<[string, string, string[], RegExp | '']>([
    ['all are ours', SWARM, [], ''],
    ['a worker can be missed', SWARM, ['w-1'], ''],
    [
      'a manager cannot',
      SWARM,
      ['m-2'],
      /m-2 was not made by this tool, and the swarm needs it as a manager/,
    ],
    ['the error names the way', SWARM, ['m-2', 'm-3'], /nutanix-hosts adopt m-2 m-3"/],
    ['one of the hosts of a step can be missed', install(step('a', 'role: node')), ['node-1'], ''],
    [
      'the only host of a step cannot',
      install(step('begin', 'role: server, which: first')),
      ['server-1'],
      /server-1 .*the step begin runs on no other host/,
    ],
    [
      'one that others join cannot',
      install(step('join', 'role: server', 'join {{ first.address }}')),
      ['server-1'],
      /server-1 .*the step join on other hosts builds on it/,
    ],
    [
      'one of another role that others join cannot',
      install(step('serve', 'role: server'), step('join', 'role: node', 'join {{ server.address }}')),
      ['server-1'],
      /server-1 .*the step join on other hosts builds on it/,
    ],
    [
      'one that stands by itself and is only named can be: nothing was to be installed there',
      install(step('join', 'role: node', 'join {{ server.address }}')),
      ['server-1'],
      '',
    ],
    [
      'one that nobody joins can be missed',
      install(step('join', 'role: server', 'join {{ first.address }}')),
      ['server-2'],
      '',
    ],
  ])('%s', (_, text, foreign, expected) => {
    expect(refusal(text, foreign)).toMatch(expected === '' ? /^$/ : expected);
  });
});
