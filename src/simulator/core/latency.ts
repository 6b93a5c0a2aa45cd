/** How long the simulated server takes. All times in ms. */
export interface LatencyProfile {
  /** Before an account is told that its credentials are wrong; nothing when absent. */
  readonly refusedSignIn?: number;
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

/** How long real servers took, in ms, in the words of one API: by `METHOD /pattern`, and by operation type. */
export interface RecordedTimes {
  readonly calls: Readonly<Record<string, number>>;
  readonly tasks: Readonly<Record<string, number>>;
}

/** What everything else takes. */
const CALL = 450;
const TASK = 2_000;
/** Of the recorded 401 (recorded-v4 B3); every other answer took less than a second. */
const REFUSED_SIGN_IN = 4_400;

function recorded(factor: number, { calls, tasks }: RecordedTimes): LatencyProfile {
  return {
    call: (method, route) => factor * (calls[`${method} ${route}`] ?? CALL),
    refusedSignIn: factor * REFUSED_SIGN_IN,
    queue: factor * 200,
    task: (operation) => factor * (tasks[operation] ?? TASK),
    learn: factor * 3_000,
    shutdown: factor * 60_000,
  };
}

/** `fast` for tests, `real` as recorded, `slow` four times that. */
export function latencyProfile(name: ProfileName, times: RecordedTimes): LatencyProfile {
  switch (name) {
    case 'fast':
      return { call: () => 0, queue: 1, task: () => 3, learn: 5, shutdown: 2_000 };
    case 'real':
      return recorded(1, times);
    case 'slow':
      return recorded(4, times);
  }
}
