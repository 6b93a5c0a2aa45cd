import type { PcVersion } from '../core/pc-version.js';

const POLICY = "default-src 'self'; frame-ancestors 'self'; object-src 'none'";

/**
 * What every answer carries besides its own, as recorded from pc.2024.3 or logged from 5.10. Only a simulator sends
 * X-Simulated-Guests, so that clients can know what its guests are no substitute for.
 */
export function responseHeaders(
  version: PcVersion,
  serviceMs: number,
  guests: string,
): Record<string, string> {
  return { ...recordedHeaders(version, serviceMs), 'X-Simulated-Guests': guests };
}

function recordedHeaders(version: PcVersion, serviceMs: number): Record<string, string> {
  if (!version.iamV2) return { Server: 'Apache', 'X-Ntnx-Env': 'PC' };
  return {
    Server: 'envoy',
    'X-Ntnx-Env': 'pc',
    'X-Ntnx-Product': version.text,
    'X-Envoy-Upstream-Service-Time': String(Math.round(serviceMs)),
    Vary: 'Origin, Accept-Encoding',
    'Strict-Transport-Security': 'max-age=8640000:includeSubdomains',
    'X-Content-Type-Options': 'nosniff',
    'X-Dns-Prefetch-Control': 'off',
    'X-Frame-Options': 'SAMEORIGIN',
    'X-Permitted-Cross-Domain-Policies': 'master-only',
    'X-Xss-Protection': '1; mode=block',
    'Content-Security-Policy': POLICY,
  };
}
