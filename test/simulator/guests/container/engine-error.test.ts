import { engineError } from '../../../../src/simulator/guests/container/engine-error.js';

/** What Node.js throws, with a code of the system. */
const thrown = (code: string): Error => Object.assign(new Error(`write ${code}`), { code });

// Where the engine hangs up, it depends on the moment: before the request was written (EPIPE), or after it.
test.each(['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTSOCK', 'ENOTDIR'])(
  '%s: no engine is there, and how to get one',
  (code) => {
    const error = engineError('use the engine', thrown(code));
    expect(error.code).toBe('unreachable');
    expect(error.message).toMatch(/^use the engine: .*Start a Docker engine, or name one with --docker-host/);
  },
);

test.each(['EACCES', 'EPERM'])('%s: an engine of others', (code) => {
  const error = engineError('use the engine', thrown(code));
  expect(error.code).toBe('permission-denied');
  expect(error.message).toContain('Run as root or as a member of the group');
});
