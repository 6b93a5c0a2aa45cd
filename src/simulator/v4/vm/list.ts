import type { VmRecord } from '../../core/store/vm-record.js';
import type { Listing } from '../listing/index.js';
import type { V4Call } from '../route.js';
import type { V4World } from '../world.js';
import { vmView } from './view.js';

const FLAGS = [
  'isAgentVm',
  'isBrandingEnabled',
  'isCpuHotplugEnabled',
  'isCpuPassthroughEnabled',
  'isCrossClusterMigrationInProgress',
  'isGpuConsoleEnabled',
  'isLiveMigrateCapable',
  'isMemoryOvercommitEnabled',
  'isScsiControllerEnabled',
  'isVcpuHardPinningEnabled',
  'isVgaConsoleEnabled',
];

const NUMBERS = ['memorySizeBytes', 'numSockets', 'numCoresPerSocket', 'numThreadsPerCore'];

/** Neither categories nor the description can be filtered by (reference v4 2.7). */
const FILTERABLE: Listing<VmRecord>['filterable'] = {
  name: 'text',
  extId: 'text',
  biosUuid: 'text',
  powerState: 'enumeration',
  machineType: 'enumeration',
  'cluster/extId': 'text',
  'host/extId': 'text',
  'apcConfig/isApcEnabled': 'flag',
  ...Object.fromEntries(NUMBERS.map((name) => [name, 'number'])),
  ...Object.fromEntries(FLAGS.map((name) => [name, 'flag'])),
};

/** Came with 4.3. */
const OF_PROJECT = { projectExtId: 'text' } as const;

/** VMs as their list is filtered, ordered and shown. */
export function vmListing(world: V4World, { version }: V4Call): Listing<VmRecord> {
  const { minor } = version;
  return {
    filterable: minor >= 3 ? { ...FILTERABLE, ...OF_PROJECT } : FILTERABLE,
    orderable: ['name', ...NUMBERS],
    quickly: {
      name: ({ name }) => (name === '' ? undefined : name),
      extId: ({ uuid }) => uuid,
      powerState: ({ power }) => power,
      'cluster/extId': ({ clusterUuid }) => clusterUuid,
    },
    view: (vm) => vmView(world, minor, vm),
  };
}
