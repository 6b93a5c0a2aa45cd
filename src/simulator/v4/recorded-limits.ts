import type { LimitTable } from '../http/api-limits.js';

/**
 * Requests a second: of pc.7.6 what the recordings of VMs and tasks say, of pc.2024.3 those of lists (recorded-v4
 * README). Of endpoints that no recording has nothing is known; they get the number of creates, the smallest of those
 * that change something.
 */
export const recordedLimits: LimitTable = {
  all: 40,
  endpoints: {
    'POST /vmm/ahv/config/vms': 8,
    'GET /vmm/ahv/config/vms': 2,
    'GET /vmm/ahv/config/vms/:extId': 20,
    'GET /prism/config/tasks/:extId': 36,
    'GET /clustermgmt/config/clusters': 10,
    'GET /clustermgmt/config/clusters/:extId': 10,
    'GET /clustermgmt/config/hosts': 10,
    'GET /clustermgmt/config/storage-containers': 10,
  },
  others: 8,
  retryAfter: true,
};
