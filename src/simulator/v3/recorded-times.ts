import type { RecordedTimes } from '../core/latency.js';

export const recordedTimes: RecordedTimes = {
  /** Upstream service times of the recordings (pc.2024.1 and pc.2024.3). */
  calls: {
    'POST /vms': 493,
    'GET /vms/:uuid': 446,
    'POST /vms/list': 521,
    'PUT /vms/:uuid': 464,
    'GET /clusters/:uuid': 395,
    'POST /clusters/list': 182,
    'GET /subnets/:uuid': 744,
    'POST /subnets/list': 2767,
    'GET /prism_central': 1576,
  },
  /** Create and delete are measured on a real cluster (4 s, 3 s); the others are estimates. */
  tasks: {
    create_vm_intentful: 3_800,
    delete_vm_intentful: 2_800,
    update_vm_intentful: 2_500,
    create_image_intentful: 30_000,
  },
};
