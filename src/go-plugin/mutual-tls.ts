import { X509Certificate } from 'node:crypto';
import type { Server } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer } from 'node:tls';
import { invalidInput } from '../support/index.js';
import { makeCertificate } from './certificate.js';

/** Both sides show a certificate that the other one has been given beforehand. */
export interface MutualTls {
  /** This process's own, DER. */
  readonly certificate: Uint8Array;
  /** A server that takes only a client with the host's certificate. */
  readonly server: (receive: (connection: Duplex) => void) => Server;
}

/** Of the host's certificate, PEM, which only its key can use. Throws `invalid-input` for anything else. */
export function mutualTls(hostCertificate: string): MutualTls {
  const host = readCertificate(hostCertificate);
  const own = makeCertificate(new Date());
  return {
    certificate: new X509Certificate(own.certificate).raw,
    server: (receive) =>
      createServer(
        {
          cert: own.certificate,
          key: own.key,
          ca: [host.toString()],
          requestCert: true,
          rejectUnauthorized: true,
          minVersion: 'TLSv1.2',
          ALPNProtocols: ['h2'],
        },
        receive,
      ),
  };
}

function readCertificate(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    const attempted = 'read what the host of this plugin wants';
    const problem = 'PLUGIN_CLIENT_CERT is no certificate in PEM';
    throw invalidInput(attempted, problem, 'Let the host start the plugin.').with({ cause });
  }
}
