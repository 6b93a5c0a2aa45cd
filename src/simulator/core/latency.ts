/** How long the simulated server takes. All times in ms. */
export interface LatencyProfile {
  /** Before any answer. */
  call(method: string, route: string): number;
  /** From accepted to RUNNING. */
  readonly queue: number;
  /** From RUNNING to the end, by operation type. */
  task(operation: string): number;
  /** From power-on to the first address seen on a managed NIC. */
  readonly learn: number;
  /** How long a PUT with mechanism ACPI waits for the guest before its task fails. */
  readonly shutdown: number;
}

export type ProfileName = 'fast' | 'real' | 'slow';

/** Upstream service times of the recordings (pc.2024.1 and pc.2024.3); everything else takes CALL. */
const RECORDED_CALLS: Readonly<Record<string, number>> = {
  'POST /vms': 493,
  'GET /vms/:uuid': 446,
  'POST /vms/list': 521,
  'PUT /vms/:uuid': 464,
  'GET /clusters/:uuid': 395,
  'POST /clusters/list': 182,
  'GET /subnets/:uuid': 744,
  'POST /subnets/list': 2767,
  'GET /prism_central': 1576,
};
const CALL = 450;

/** Create and delete are measured on a real cluster (4 s, 3 s); the others are estimates. */
const RECORDED_TASKS: Readonly<Record<string, number>> = {
  create_vm_intentful: 3_800,
  delete_vm_intentful: 2_800,
  update_vm_intentful: 2_500,
  create_image_intentful: 30_000,
};
const TASK = 2_000;

function recorded(factor: number): LatencyProfile {
  return {
    call: (method, route) => factor * (RECORDED_CALLS[`${method} ${route}`] ?? CALL),
    queue: factor * 200,
    task: (operation) => factor * (RECORDED_TASKS[operation] ?? TASK),
    learn: factor * 3_000,
    shutdown: factor * 60_000,
  };
}

/** `fast` for tests, `real` as recorded, `slow` four times that. */
export function latencyProfile(name: ProfileName): LatencyProfile {
  switch (name) {
    case 'fast':
      return { call: () => 0, queue: 1, task: () => 3, learn: 5, shutdown: 2_000 };
    case 'real':
      return recorded(1);
    case 'slow':
      return recorded(4);
  }
}
