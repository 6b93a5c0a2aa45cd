import type { AnswerFacts } from '../http/api.js';

const POLICY = "default-src 'self'; frame-ancestors 'self'; object-src 'none'";

/** What every answer carries besides its own, as recorded from pc.2024.3 or logged from 5.10. */
export function recordedHeaders({ version, serviceMs }: AnswerFacts): Record<string, string> {
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
