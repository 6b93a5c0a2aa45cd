import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';

/**
 * Runs the Go tests of each module and shows every one of them as a test of this project, so that counts and
 * names are in one place. They need dist/ (make build) and, for libmachine's idle driver, .tools/ (make tools).
 */
const MODULES = ['plugin', 'docker-machine', 'prism-go-client', 'prism-go-client-v4', 'proxy', 'ignition'];

/** One line of `go test -json`. */
const eventShape = z.object({
  Action: z.string(),
  Test: z.string().optional(),
  Output: z.string().optional(),
});

interface GoTest {
  readonly name: string;
  passed: boolean;
  output: string;
}

function runGoTests(module: string): { tests: GoTest[]; problem: string } {
  // Compiled as `make tools` compiles, which has been there before and whose packages are taken from Go's cache then: a
  // compiler that never collects, and no debug information. Nutanix's generated clients are the most that is left, and are
  // not optimised.
  const flags = ['-trimpath', '-ldflags=-s -w', '-gcflags=github.com/nutanix/...=-N -l'];
  const { GOGC = 'off', GOMEMLIMIT = '1GiB' } = process.env;
  const run = spawnSync('go', ['test', ...flags, '-json', '-count=1', '-timeout=5m', './...'], {
    cwd: join(__dirname, module),
    env: { ...process.env, CGO_ENABLED: '0', GOGC, GOMEMLIMIT },
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  const tests = new Map<string, GoTest>();
  let outside = '';
  for (const line of run.stdout.split('\n').filter((text) => text.startsWith('{'))) {
    const event = eventShape.parse(JSON.parse(line));
    if (event.Test === undefined) {
      outside += event.Output ?? '';
      continue;
    }
    const test = tests.get(event.Test) ?? { name: event.Test, passed: false, output: '' };
    tests.set(event.Test, test);
    test.output += event.Output ?? '';
    if (event.Action === 'pass') test.passed = true;
  }
  const failed = run.status !== 0 && [...tests.values()].every(({ passed }) => passed);
  const problem = run.error?.message ?? (failed ? `${outside}${run.stderr}` : '');
  return { tests: [...tests.values()], problem };
}

describe.each(MODULES)('go test in test/interop/%s', (module) => {
  const { tests, problem } = runGoTests(module);

  test('compiles and runs to its end', () => {
    expect(problem).toBe('');
    expect(tests.length).toBeGreaterThan(0);
  });

  if (tests.length > 0) {
    test.each(tests)('$name', ({ passed, output }) => {
      expect(passed ? '' : output).toBe('');
      expect(passed).toBe(true);
    });
  }
});
