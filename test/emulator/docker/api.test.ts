import { answer } from '../../../src/emulator/docker/index.js';
import { createEngine } from '../../../src/emulator/docker/engine.js';
import { engineOptions } from '../../../src/emulator/docker/engine-options.js';
import { runningSystem } from '../running-system.js';

const { system } = runningSystem();
const { mounts } = system;
const options = engineOptions(['dockerd', '-H', 'fd://'], system.fs);
const engine = createEngine({ system, mounts, options, version: '28.2.2' });
const get = (url: string, method = 'GET') => answer(engine, { method, url });

test.each([
  ['/_ping', 200, 'OK'],
  ['/v1.41/_ping', 200, 'OK'],
  ['/containers/json?all=1', 200, '[]\n'],
  ['/v1.50/images/json', 200, '[]\n'],
  ['/v1.24/volumes', 200, '{"Volumes":[],"Warnings":null}\n'],
  [
    '/v1.51/info',
    400,
    '{"message":"client version 1.51 is too new. Maximum supported API version is 1.50"}\n',
  ],
  ['/containers/web%201/json', 404, '{"message":"No such container: web 1"}\n'],
  ['/images/a/b/json', 404, '{"message":"No such image: a/b"}\n'],
  ['/nonsense', 404, '{"message":"page not found"}\n'],
  ['', 404, '{"message":"page not found"}\n'],
])('GET %s', (url, status, body) => {
  expect(get(url)).toMatchObject({ status, body });
});

test.each([
  ['/v1.23/info', 400, 'client version 1.23 is too old'],
  ['/swarm', 503, 'This node is not a swarm manager'],
])('GET %s says why not', (url, status, words) => {
  expect(get(url).status).toBe(status);
  expect(get(url).body).toContain(words);
});

test.each(['/containers/create', '/v1.50/images/create?fromImage=x', '/build', '/swarm/init'])(
  'POST %s is not possible here',
  (url) => {
    const { status, body } = get(url, 'POST');
    expect(status).toBe(501);
    expect(body).toContain('emulated guest');
  },
);

test('HEAD /_ping has headers only', () => {
  expect(get('/_ping', 'HEAD')).toMatchObject({ status: 200, body: '' });
});

test('the id of an engine outlives its restart', () => {
  const again = createEngine({ system, mounts, options, version: '28.2.2' });
  expect(again.id).toBe(engine.id);
});

test.each([
  ['28.2.2', '1.50'],
  ['27.5.0', '1.47'],
  ['20.10.24', '1.41'],
  ['17.3.0', '1.39'],
])('engine %s has API %s', (version, api) => {
  expect(createEngine({ system, mounts, options, version }).apiVersion).toBe(api);
});
