// The order in which jest's workers take the test files: the longest first, so that no worker waits for another at the end.
const { relative } = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * Files that take long, and about how many seconds on two cores. Those with real Docker engines keep the cores busy by
 * themselves, the others mostly wait.
 */
const LONG = {
  'test/e2e/agent/lost.test.ts': { seconds: 40 },
  'test/e2e/container/csi-driver.test.ts': { seconds: 170, hasEngine: true },
  'test/e2e/container/docker-machine.test.ts': { seconds: 90, hasEngine: true },
  'test/e2e/container/guest-image.test.ts': { seconds: 15, hasEngine: true },
  'test/e2e/container/guests.test.ts': { seconds: 180, hasEngine: true },
  'test/e2e/container/managed-plugins.test.ts': { seconds: 290, hasEngine: true },
  'test/e2e/container/rancher-machine.test.ts': { seconds: 90, hasEngine: true },
  'test/e2e/container/simulator-end.test.ts': { seconds: 60, hasEngine: true },
  'test/e2e/demo.test.ts': { seconds: 100 },
  'test/e2e/documentation.test.ts': { seconds: 40 },
  'test/e2e/failures.test.ts': { seconds: 35 },
  'test/e2e/faults.test.ts': { seconds: 25 },
  'test/e2e/fleet-faults.test.ts': { seconds: 190 },
  'test/e2e/fleet-interrupts.test.ts': { seconds: 70 },
  'test/e2e/fleet-many.test.ts': { seconds: 95 },
  'test/e2e/fleet-preflight.test.ts': { seconds: 45 },
  'test/e2e/fleet-replace-swarm.test.ts': { seconds: 280, hasEngine: true },
  'test/e2e/fleet-replace.test.ts': { seconds: 80 },
  'test/e2e/fleet-swarm.test.ts': { seconds: 220, hasEngine: true },
  'test/e2e/fleeting/acceptance.test.ts': { seconds: 40 },
  'test/e2e/fleeting/faults.test.ts': { seconds: 100 },
  'test/e2e/fleeting/kill-matrix.test.ts': { seconds: 290 },
  'test/e2e/network-path.test.ts': { seconds: 55 },
  'test/e2e/plugin/hostile-streams.test.ts': { seconds: 50 },
  'test/e2e/plugin/kill-matrix.test.ts': { seconds: 300 },
  'test/e2e/readiness.test.ts': { seconds: 50 },
  'test/e2e/release.test.ts': { seconds: 40 },
  'test/e2e/report.test.ts': { seconds: 420, hasEngine: true },
  'test/e2e/silence.test.ts': { seconds: 85 },
  'test/e2e/time-limits.test.ts': { seconds: 40 },
  'test/e2e/volumes/docker-protocol.test.ts': { seconds: 70, hasEngine: true },
  'test/e2e/volumes/kills.test.ts': { seconds: 130 },
  'test/emulator/hostile.test.ts': { seconds: 14 },
  'test/emulator/shell-truth.test.ts': { seconds: 14 },
  'test/gob/hostile.test.ts': { seconds: 20 },
  'test/interop/csi/csi-sanity.test.ts': { seconds: 60 },
  'test/interop/fleeting-artifact/image.test.ts': { seconds: 45, hasEngine: true },
  'test/interop/go.test.ts': { seconds: 90 },
  'test/interop/openssh-keys.test.ts': { seconds: 20 },
  'test/interop/v4-sdk/v4-sdk.test.ts': { seconds: 100 },
  'test/prism/v4/killed.test.ts': { seconds: 20 },
  'test/prism/v4/vm/power.test.ts': { seconds: 25 },
  'test/volume/crash.test.ts': { seconds: 40 },
};
/** What is not listed takes this long; more of the same kind are in its folder. */
const OTHERS = [
  ['test/e2e/', 20],
  ['test/interop/', 10],
  ['test/', 2],
];
/** So many files with engines at once: more of them would only hold one another up. */
const ENGINES = 2;

class SlowestFirst extends Sequencer {
  #workers;

  constructor(options) {
    super(options);
    this.#workers = options.globalConfig.maxWorkers;
  }

  sort(tests) {
    const files = tests.map((test) => ({
      test,
      ...lengthOf(relative(test.context.config.rootDir, test.path)),
    }));
    return orderFor(this.#workers, files).map(({ test }) => test);
  }
}

module.exports = SlowestFirst;
/** For the test of this file. */
module.exports.LONG = LONG;
module.exports.orderFor = orderFor;

function lengthOf(path) {
  const [, seconds = 1] = OTHERS.find(([folder]) => path.startsWith(folder)) ?? [];
  return { path, seconds, hasEngine: false, ...LONG[path] };
}

/** Plays the run: a worker that is free takes the longest file that is left and may begin now. */
function orderFor(workers, files) {
  const left = files.toSorted(
    (one, other) => other.seconds - one.seconds || one.path.localeCompare(other.path),
  );
  const order = [];
  let running = [];
  for (let now = 0; left.length > 0; now = Math.min(...running.map(({ end }) => end))) {
    running = running.filter(({ end }) => end > now);
    while (running.length < workers) {
      const engines = running.filter(({ hasEngine }) => hasEngine).length;
      const index = left.findIndex(({ hasEngine }) => !hasEngine || engines < ENGINES);
      if (index === -1) break;
      const [file] = left.splice(index, 1);
      order.push(file);
      running.push({ hasEngine: file.hasEngine, end: now + file.seconds });
    }
  }
  return order;
}
