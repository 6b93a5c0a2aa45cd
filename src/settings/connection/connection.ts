import type { Connection, Trust } from '../../provider/index.js';
import { OperationError } from '../../support/index.js';
import type { ConfigValues } from '../config/index.js';
import { nameOf, OPTIONS, prismCentralOf, sha256Of, type Environment } from '../options/index.js';
import { readAuthorities } from '../files/authorities.js';
import type { Warn } from './credentials-file.js';
import { findCredentials } from './find-credentials.js';

/** How to reach Prism Central, from the machine's configuration. Files and environment are read now. */
export async function connectionOf(
  values: ConfigValues,
  environment: Environment,
  warn: Warn,
): Promise<Connection> {
  const found = prismCentralOf(values);
  if ('problem' in found) throw invalid(`${nameOf(OPTIONS.Endpoint)} ${found.problem}`);
  const [credentials, trust] = await Promise.all([
    findCredentials(values, environment, warn),
    trustOf(values),
  ]);
  const proxyUrl = values.ProxyURL === '' ? undefined : values.ProxyURL;
  const api = values.API === OPTIONS.API.fallback ? undefined : values.API;
  return { ...found, credentials, trust, proxyUrl, api };
}

async function trustOf({ Insecure, Fingerprint, CAFile }: ConfigValues): Promise<Trust> {
  if (Insecure) return { kind: 'insecure' };
  const sha256 = sha256Of(Fingerprint);
  if (sha256 !== undefined) return { kind: 'fingerprint', sha256 };
  if (CAFile === '') return { kind: 'system' };
  return { kind: 'authorities', pem: await readAuthorities(CAFile) };
}

function invalid(problem: string): OperationError {
  return new OperationError({ code: 'invalid-input', attempted: 'connect to Prism Central', problem });
}
