import { selfSignedCertificate } from '../../src/simulator/index.js';

let made: ReturnType<typeof selfSignedCertificate> | undefined;

/** One for all simulators of a test file: making a key takes longer than most tests. */
export function loopbackCertificate(): ReturnType<typeof selfSignedCertificate> {
  made ??= selfSignedCertificate('127.0.0.1');
  return made;
}
