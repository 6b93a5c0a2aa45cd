import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { OperationError } from '../../support/index.js';
import { type Logger, invalidInput } from '../../support/index.js';
import { selfSignedCertificate, type ServerCertificate } from '../http/certificate.js';
import type { SavedServer } from './saved-state.js';

/** Addresses that are no name of a server: its certificate does not have to hold them. */
const ANY_ADDRESS: readonly string[] = ['0.0.0.0', '::'];

interface Wanted {
  readonly host: string;
  /** Given by the user; never saved. */
  readonly certificate: ServerCertificate | undefined;
  readonly saved: SavedServer | undefined;
  readonly logger: Logger;
}

/**
 * The certificate of a server: the given one, the saved one, or a new one. Clients have stored its fingerprint,
 * so a saved one is used as long as it holds. Throws OperationError `invalid-input`.
 */
export function serverCertificate({ host, certificate, saved, logger }: Wanted): ServerCertificate {
  if (certificate !== undefined) return certificate;
  if (saved?.certificate === undefined) return selfSignedCertificate(host);
  const problem = whyNotFor(host, saved.certificate);
  if (problem === undefined) return saved.certificate;
  logger.warn(`The saved certificate ${problem}; a new one takes its place, which clients do not know yet.`);
  return selfSignedCertificate(host);
}

function whyNotFor(host: string, { keyPem, certificatePem }: ServerCertificate): string | undefined {
  const certificate = readable(() => new X509Certificate(certificatePem));
  const key = readable(() => createPrivateKey(keyPem));
  if (!certificate.checkPrivateKey(key)) throw unusable("the key is not the certificate's");
  if (Date.parse(certificate.validTo) <= Date.now()) return 'has expired';
  const holds = isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host);
  return holds === undefined && !ANY_ADDRESS.includes(host) ? `is not for ${host}` : undefined;
}

function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    const [problem = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw unusable(problem);
  }
}

function unusable(problem: string): OperationError {
  return invalidInput(
    'read the certificate of the saved state',
    problem,
    'Give a state file that this version of the simulator has saved, or one that does not exist yet.',
  );
}
