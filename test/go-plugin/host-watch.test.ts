import { HostWatch } from '../../src/go-plugin/host-watch.js';

let parent = 100;
let connections = 1;
const gone: string[] = [];
let watch: HostWatch;

beforeEach(() => {
  jest.useFakeTimers();
  parent = 100;
  connections = 1;
  gone.length = 0;
  watch = new HostWatch({
    startedBy: 100,
    parent: () => parent,
    connections: () => connections,
    onGone: (reason) => gone.push(reason),
  });
});

afterEach(() => {
  watch.stop();
  jest.useRealTimers();
});

test('a host that is there is never gone', () => {
  jest.advanceTimersByTime(3_600_000);
  expect(gone).toEqual([]);
});

test('the end of the parent is noticed within a second, and told once', () => {
  jest.advanceTimersByTime(10_000);
  parent = 1;
  jest.advanceTimersByTime(500);
  expect(gone).toEqual([]);
  jest.advanceTimersByTime(500);
  expect(gone).toEqual(['the process that started this plugin has ended']);
  jest.advanceTimersByTime(60_000);
  expect(gone).toHaveLength(1);
});

test('a minute without any connection means that no host is there, a broken one in between does not', () => {
  connections = 0;
  jest.advanceTimersByTime(59_000);
  connections = 1;
  jest.advanceTimersByTime(500);
  connections = 0;
  jest.advanceTimersByTime(59_500);
  expect(gone).toEqual([]);
  jest.advanceTimersByTime(500);
  expect(gone).toEqual(['no host has been connected for a minute']);
});

test('when it is stopped nothing is told any more', () => {
  watch.stop();
  parent = 1;
  jest.advanceTimersByTime(60_000);
  expect(gone).toEqual([]);
});
