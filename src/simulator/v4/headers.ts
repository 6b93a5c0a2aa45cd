import { isFrom } from '../core/pc-version.js';
import type { AnswerFacts, HeaderLines } from '../http/api.js';

const CACHE_CONTROL = 'no-cache, no-store, max-age=0, must-revalidate';
const CACHING = { Server: 'envoy', 'Cache-Control': CACHE_CONTROL, Expires: '0', Pragma: 'no-cache' };
/** From pc.7.6 on two lines of each, and no server that names itself. */
const CACHING_TWICE = {
  'Cache-Control': [CACHE_CONTROL, 'no-cache, no-store'],
  Expires: ['0', '0'],
  Pragma: ['no-cache', 'no-cache'],
};

/** What every answer carries besides its own, as recorded (recorded-v4 A1, B3, other/): a 401 comes from another hand. */
export function headersOfV4({ version, status, serviceMs }: AnswerFacts): HeaderLines {
  if (status === 401) return { Vary: 'Accept-Encoding' };
  return {
    ...(isFrom(version, 'pc.7.6') ? CACHING_TWICE : CACHING),
    Vary: 'Origin',
    'X-Envoy-Upstream-Service-Time': String(Math.round(serviceMs)),
    'X-Ntnx-Env': 'pc',
    'X-Ntnx-Product': version.text,
  };
}
