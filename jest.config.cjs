/**
 * Five projects, from fast to slow:
 *   unit     - one folder per folder of src/, nothing but this process and loopback sockets
 *   interop  - our code against Go's own, through small Go programs
 *   e2e      - the packaged executables driven by real clients, on API v3
 *   e2e-v4   - those about the driver and nutanix-hosts again, on API v4; the client is
 *              docker-machine, in fleet-vanished rancher-machine too
 *   qemu     - a host with a kernel of its own, on an emulated CPU: alone, because it needs all of this one
 */
const shared = {
  testEnvironment: 'node',
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
 * What does not touch the API, or the driver: streams and sockets of the plugin, the simulator, its page and its guests,
 * packages and pictures; tests that have both APIs anyway; and the other clients, which speak to the same driver.
 */
const SAME_ON_BOTH = [
  'api-change',
  'plugin/(?!kill-matrix)',
  'page/',
  'container/',
  'qemu/',
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

module.exports = {
  testSequencer: '<rootDir>/scripts/slowest-first.cjs',
  // A limit against hanging, not a measure of speed: CI has two cores, and a test may wait for another process.
  testTimeout: 120_000,
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
      testPathIgnorePatterns: ['<rootDir>/test/e2e/qemu/'],
    },
    {
      ...shared,
      displayName: 'e2e-v4',
      globals: { E2E_API: 'v4' },
      testMatch: ['<rootDir>/test/e2e/**/*.test.ts'],
      testPathIgnorePatterns: SAME_ON_BOTH.map((path) => `<rootDir>/test/e2e/${path}`),
    },
    { ...shared, displayName: 'qemu', testMatch: ['<rootDir>/test/e2e/qemu/*.test.ts'] },
  ],
};
