import { problemsOf } from './declaration.js';

const HOSTS = 'name: x\ngroups:\n  - { name: a, role: web }\n  - { name: b }\n';
const SWARM = 'name: x\ngroups: [{ name: a, swarm: manager }]\n';

/** What can be seen in the file alone, each with its place. */
describe('steps, checks, stacks and networks that cannot work', () => {
  const step = (more: string): string => `${HOSTS}install:\n  - { name: i, ${more} }\n`;
  const check = (more: string): string => `${HOSTS}checks:\n  - { name: c, ${more} }\n`;
  const command = (run: string): string => check(`command: { on: { role: a }, run: '${run}' }`);
  const http = (url: string): string => check(`http: { url: '${url}' }`);

  test.each([
    [
      'two steps of one name',
      `${step('on: { role: a }, run: ls')}  - { name: i, on: { role: b }, run: ls }\n`,
      7,
      'two steps',
    ],
    [
      'two checks of one name',
      `${http('http://a/')}  - { name: c, http: { url: 'http://b/' } }\n`,
      7,
      'two checks',
    ],
    [
      'two stacks of one name',
      `${SWARM}deploy:\n  - { name: s, file: a }\n  - { name: s, file: b }\n`,
      5,
      'two stacks',
    ],
    [
      'a stack without a proper name',
      `${SWARM}deploy:\n  - { name: 'a b', file: a }\n`,
      4,
      'a b cannot be the name of a stack',
    ],
    [
      'no such role',
      step("on: { role: a }, run: '{{ agent.address }}'"),
      6,
      'agent is neither host nor first nor a role; the roles are web',
    ],
    ['a role in other letters', step("on: { role: a }, run: '{{ Web.address }}'"), 6, '{{ Web.address }}'],
    [
      'no such field',
      step("on: { role: a }, run: '{{ host.adress }}'"),
      6,
      'the fields are name, address, role',
    ],
    ['no field', step("on: { role: a }, run: '{{host}}'"), 6, '{{host}} needs a field: {{ host.address }}'],
    ['the first of no role', step("on: { role: b }, run: '{{ first.address }}'"), 6, 'b has no role'],
    ['a placeholder of a command', command('ping {{ db.address }}'), 6, 'db is neither'],
    ['a placeholder of a URL', http('http://{{ db.address }}/'), 6, 'db is neither'],
    [
      'a variable with its value',
      step("on: { role: a }, run: ls, environment: ['TOKEN=1']"),
      6,
      'its value is not written here',
    ],
    ['no URL', http('{{ host.address }}:8080'), 6, 'is no URL'],
    ['a URL of no web server', http('ftp://{{ host.address }}/'), 6, 'must begin with http'],
    ['a password in a URL', http('http://me:it@{{ host.address }}/'), 6, 'neither user name nor password'],
    ['a port that cannot be', http('http://{{ host.address }}:80800/'), 6, 'is no URL'],
    ['a status that cannot be', check("http: { url: 'http://a/', status: 20 }"), 6, 'at least 100'],
    ['a network', `${SWARM}swarm: { network: 10.0.0.1 }\n`, 3, '10.0.0.1 is no network'],
    [
      'a network that is too narrow',
      `${SWARM}swarm: { address-pool: [10.0.0.0/40] }\n`,
      3,
      '10.0.0.0/40 is no network',
    ],
    [
      'a role of another meaning',
      'name: x\ngroups:\n  - { name: a, role: host }\n',
      3,
      'host cannot be a role',
    ],
    [
      'an engine label',
      'name: x\ngroups:\n  - { name: a, engine: { label: [tier] } }\n',
      3,
      'tier must be KEY=VALUE',
    ],
    [
      'a variable of an engine',
      'name: x\ndefaults: { engine: { env: HTTP_PROXY } }\ngroups: [{ name: a }]\n',
      2,
      'HTTP_PROXY must be NAME=VALUE',
    ],
  ])('%s', (_, text, line, words) => {
    expect(problemsOf(text)).toEqual([
      { line, column: expect.any(Number) as unknown, text: expect.stringContaining(words) as unknown },
    ]);
  });

  test.each([
    ['templates of Docker', command('docker ps --format "{{.Names}} {{json .Mounts}}"')],
    ['words of another template language', command('{{ end }}')],
    [
      'every placeholder there is',
      command('{{ host.name }} {{host.role}} {{ first.address }} {{ web.address }}'),
    ],
    ['a URL with placeholders', http('https://{{ web.address }}:6443/healthz?a={{ host.name }}')],
    ['networks', `${SWARM}swarm: { network: 10.0.0.0/8, address-pool: [fd00::/64] }\n`],
  ])('%s may be there', (_, text) => {
    expect(problemsOf(text)).toEqual([]);
  });
});
