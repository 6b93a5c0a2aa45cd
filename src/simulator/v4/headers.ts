import { isFrom } from '../core/pc-version.js';
import type { AnswerFacts, HeaderLines } from '../http/api.js';

/** What every answer carries besides its own, as recorded (recorded-v4 A1, B3, other/): a 401 comes from another hand. */
export function headersOfV4({ version, status, serviceMs }: AnswerFacts): HeaderLines {
  if (status === 401) return { Vary: 'Accept-Encoding' };
  return {
    ...(isFrom(version, 'pc.7.6') ? {} : { Server: 'envoy' }),
    'Cache-Control': 'no-cache, no-store, max-age=0, must-revalidate',
    Expires: '0',
    Pragma: 'no-cache',
    Vary: 'Origin',
    'X-Envoy-Upstream-Service-Time': String(Math.round(serviceMs)),
    'X-Ntnx-Env': 'pc',
    'X-Ntnx-Product': version.text,
  };
}
