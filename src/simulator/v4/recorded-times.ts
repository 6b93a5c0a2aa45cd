import type { RecordedTimes } from '../core/latency.js';

export const recordedTimes: RecordedTimes = {
  /** X-Envoy-Upstream-Service-Time of the recordings, of pc.7.6 (vmm, prism) and pc.2024.3 (clustermgmt, lists). */
  calls: {
    'POST /vmm/ahv/config/vms': 20,
    'GET /vmm/ahv/config/vms': 217,
    'GET /vmm/ahv/config/vms/:extId': 18,
    'GET /prism/config/tasks/:extId': 12,
    'GET /clustermgmt/config/clusters': 177,
    'GET /clustermgmt/config/clusters/:extId': 190,
    'GET /clustermgmt/config/hosts': 175,
    'GET /clustermgmt/config/storage-containers': 366,
    'GET /actuator/versionroutes': 340,
  },
  /** From startedTime to completedTime of the recorded task (recorded-v4 A1). */
  tasks: { CreateVm: 2_900 },
};
