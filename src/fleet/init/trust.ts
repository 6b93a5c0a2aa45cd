import { OPTIONS } from '../../settings/index.js';
import { hasCode } from '../../support/index.js';
import { keyOf } from '../declaration/driver-values.js';
import { shownName, type Dialogue } from './choice.js';
import type { SignIn } from './sign-in.js';

/**
 * The sign-in with trust in the certificate that made a connection fail, and in no other, if the user says so. undefined when
 * the failure is another one, when the command line or the environment says what to trust, or when the answer is not yes.
 * Nothing secret was sent until then.
 */
export async function withTrust(
  signIn: SignIn,
  failure: unknown,
  { ask, say }: Dialogue,
): Promise<SignIn | undefined> {
  const { connection, entries } = signIn;
  if (!hasCode(failure, 'untrusted-certificate') || connection.trust.kind !== 'system') return undefined;
  const { concerns, problem } = failure;
  if (concerns?.kind !== 'certificate') return undefined;
  const sha256 = concerns.name;
  say(shownName(problem));
  const answer = await ask('Compare it with that of your Prism Central. Trust it, and no other? Type yes: ');
  if (answer.trim().toLowerCase() !== 'yes') return undefined;
  return {
    ...signIn,
    connection: { ...connection, trust: { kind: 'fingerprint', sha256 } },
    entries: [...entries, [keyOf(OPTIONS.Fingerprint), `sha256:${sha256}`]],
  };
}
