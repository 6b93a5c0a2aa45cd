import { readFile } from 'node:fs/promises';
import { OperationError, systemCode } from '../../support/index.js';
import { nameOf, OPTIONS } from '../options/index.js';

/** The certificates of a PEM file. Rejects with `invalid-input` when there are none. */
export async function readAuthorities(path: string): Promise<string> {
  const pem = await readFile(path, 'latin1').catch((error: unknown) => {
    throw invalid(`${nameOf(OPTIONS.CAFile)}: cannot read ${path} (${systemCode(error) ?? 'unreadable'})`);
  });
  if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem;
  throw invalid(`${nameOf(OPTIONS.CAFile)}: ${path} holds no PEM certificate (-----BEGIN CERTIFICATE-----)`);
}

function invalid(problem: string): OperationError {
  return new OperationError({ code: 'invalid-input', attempted: 'connect to Prism Central', problem });
}
