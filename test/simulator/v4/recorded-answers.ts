import type { Response } from '../api-client.js';
import { differences } from '../v3/recordings/contract.js';
import type { RecordedIds } from './recorded-ids.js';
import type { Exchange } from './recordings.js';

/** Values that belong to one server or one moment: of them the type is compared. Ids are compared by RecordedIds. */
const FREE = [
  /Time$/,
  /^metadata\.links\[\]\.href$/,
  // VMs
  /\.serialId$/,
  /\.host\.extId$/,
  /^data\.nics\[\]\.(nicBackingInfo|backingInfo)\.macAddress$/,
  // Schema errors
  /\.error\.timestamp$/,
  // Clusters
  /^data(\[\])?\.vmCount$/,
  /\.config\.(incarnationId|timezone)$/,
  /\.(commitId|shortCommitId|fullVersion)$/,
  /\.clusterSoftwareMap\[\]\.version$/,
  /\.nodes\.nodeList\[\]\./,
  /\.(externalSubnet|internalSubnet)$/,
  /\.nameServerIpList\[\]\.ipv4\.value$/,
  // Hosts
  /\.(bootTimeUsecs|cpuFrequencyHz|cpuModel|rackableUnitUuid)$/,
  /\.disk\[\]\./,
  /\.hypervisor\.numberOfVms$/,
  /\.ipmi\.ip\.ipv4\.value$/,
  // Storage containers
  /^data\[\]\.links\[\]\.href$/,
  /\.storagePoolExtId$/,
];

/** Headers that the connection makes, or only a simulator, and `Expires`: Node's client drops the second line. */
const UNCOMPARED = [
  ...['content-length', 'content-encoding', 'date', 'connection', 'keep-alive', 'transfer-encoding'],
  ...['x-simulated-guests', 'expires'],
];
/** Numbers that differ from request to request. */
const COUNTED = /^x-envoy-upstream-service-time$|^x-(api-)?ratelimit-(remaining|reset)$/;

/**
 * Every way in which an answer differs from the recorded one, one line each: status, headers, and the body member by
 * member.
 */
export function compared({ response }: Exchange, answer: Response, ids: RecordedIds): string[] {
  return [
    ...differences(response.status, answer.status, [], 'status'),
    ...differences(headersOf(response.headers), headersOf(answer.headers), [], 'header'),
    ...differences(ids.translated(response.body ?? undefined, answer.body), answer.body, FREE),
  ];
}

function headersOf(headers: Response['headers']): Record<string, string> {
  const rows = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return Object.fromEntries(
    rows
      .filter(([name]) => !UNCOMPARED.includes(name))
      .map(([name, value]) => [name, headerText(name, [value].flat().join(','))]),
  );
}

function headerText(name: string, value: string): string {
  if (COUNTED.test(name)) return /^\d+$/.test(value) ? 'a number' : value;
  // The names of cookies: a recording has no values.
  if (name === 'set-cookie')
    return [...value.matchAll(/NTNX_\w+/g)]
      .map(([cookie]) => cookie)
      .sort()
      .join(',');
  // A cluster's digest is of what that cluster says.
  if (name === 'etag') return value.replace(/:[\da-f]{64}$/, ':digest');
  return value.replaceAll(', ', ',');
}
