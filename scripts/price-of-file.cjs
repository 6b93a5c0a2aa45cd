/* global afterAll, expect */
/**
 * Runs in each test file (setupFilesAfterEnv): where TEST_PRICES names a file, it appends a line to it with what this test file
 * cost, in seconds of CPU: `ITS-OWN CHILDREN WALL PATH`. Children are the processes that ended and were waited for; what
 * runs on by itself, as engines in namespaces do, is not among them. Linux only.
 */
const { appendFileSync, readFileSync } = require('node:fs');
const { relative } = require('node:path');
const { performance } = require('node:perf_hooks');

const prices = process.env.TEST_PRICES;

if (prices !== undefined && process.platform === 'linux') {
  const before = spent();
  const begun = performance.now();
  afterAll(() => {
    const after = spent();
    const [own, children] = after.map((seconds, index) => (seconds - before[index]).toFixed(1));
    const wall = ((performance.now() - begun) / 1000).toFixed(1);
    const path = relative(process.cwd(), expect.getState().testPath);
    appendFileSync(prices, `${own} ${children} ${wall} ${path}\n`);
  });
}

/** Of this process and of its children, from the fields utime, stime, cutime and cstime of /proc/self/stat (proc(5)). */
function spent() {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const ticks = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 15)
    .map(Number);
  return [(ticks[0] + ticks[1]) / 100, (ticks[2] + ticks[3]) / 100];
}
