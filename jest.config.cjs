/**
 * Seven projects, from fast to slow:
 *   unit     - one folder per folder of src/, nothing but this process and loopback sockets
 *   interop  - our code against Go's own, through small Go programs
 *   page     - the simulator's page in a browser: in a network of its own (scripts/test.sh), because a browser breaks off its
 *              requests whenever the computer gets or loses an address, and tests with container guests make networks
 *   e2e      - the packaged executables driven by real clients, on API v3
 *   e2e-v4   - those about the driver and nutanix-hosts again, on API v4; the client is
 *              docker-machine, in fleet-vanished rancher-machine too
 *   engines  - the longest of e2e with real Docker engines: they wait most of the time, and begin beside the unit tests
 *   qemu     - a host with a kernel of its own, on an emulated CPU: before all others in its turn for ours (scripts/test.sh)
 *
 * A test runs on both APIs when requests to Prism Central, or what is told of their answers, decide its outcome. One about
 * what lies before them (streams, sockets and processes) or behind them (real guests, engines and what runs there) runs on one.
 */
const shared = {
  testEnvironment: '<rootDir>/scripts/programs-said.cjs',
  transform: {
    '^.+\\.[cm]?[jt]s$': ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } } }],
  },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  // Packages published as ES modules only are compiled like our own code.
  transformIgnorePatterns: [],
  setupFilesAfterEnv: ['<rootDir>/scripts/price-of-file.cjs'],
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.tools', '<rootDir>/.cache'],
};

/**
 * On v3 alone: streams and sockets of the plugin, the simulator and its guests, packages and pictures; tests that have both APIs
 * anyway; the other clients, which speak to the same driver; and a swarm on real engines whose machines are replaced.
 */
const SAME_ON_BOTH = [
  'api-change',
  'plugin/(?!kill-matrix)',
  'container/',
  'report',
  'volumes/',
  'simulator-',
  'saved-state',
  'bench',
  'packaging',
  'release',
  'documentation',
  'demo',
  'official-machine',
  'rancher',
  'start-up',
  'name-resolution',
  'network-path',
];
/** On v4 alone: a swarm on real engines. What a fleet makes of its hosts on both APIs is in fleet, fleet-platforms and five-hosts. */
const ON_V4 = ['fleet-swarm'];
const ENGINES = ['container/csi-driver', 'container/managed-plugins', 'fleet-replace-swarm', 'report'];
/** Projects of their own. */
const APART = ['page/', 'qemu/', ...ENGINES];

const e2eFiles = (paths, end = '') => paths.map((path) => `<rootDir>/test/e2e/${path}${end}`);

module.exports = {
  testSequencer: '<rootDir>/scripts/slowest-first.cjs',
  // A limit against hanging, not a measure of speed: CI has two cores, other work, and a test may wait for another process.
  testTimeout: 400_000,
  // How long a worker may take to leave when it has nothing to do any more. The default of 0.5 s is too short for a busy
  // machine, and says that a test leaks where none does; one that does leak is still told.
  workerGracefulExitTimeout: 20_000,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['<rootDir>/test/e2e/', '<rootDir>/test/interop/'],
    },
    { ...shared, displayName: 'interop', testMatch: ['<rootDir>/test/interop/**/*.test.ts'] },
    {
      ...shared,
      displayName: 'e2e',
      testMatch: ['<rootDir>/test/e2e/**/*.test.ts'],
      testPathIgnorePatterns: e2eFiles([...APART, ...ON_V4]),
    },
    {
      ...shared,
      displayName: 'e2e-v4',
      globals: { E2E_API: 'v4' },
      testMatch: ['<rootDir>/test/e2e/**/*.test.ts'],
      testPathIgnorePatterns: e2eFiles([...APART, ...SAME_ON_BOTH]),
    },
    { ...shared, displayName: 'page', testMatch: ['<rootDir>/test/e2e/page/*.test.ts'] },
    { ...shared, displayName: 'engines', testMatch: e2eFiles(ENGINES, '.test.ts') },
    { ...shared, displayName: 'qemu', testMatch: ['<rootDir>/test/e2e/qemu/*.test.ts'] },
  ],
};
