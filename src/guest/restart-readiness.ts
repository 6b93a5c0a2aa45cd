import { OperationError, type Clock } from '../support/index.js';
import type { PowerState } from './power-state.js';
import { withSession, type ReadinessProbe, type Readiness } from './readiness.js';
import type { GuestLogin } from './ssh-session.js';
import type { SshSession } from './ssh-session.js';

/**
 * The part of the user-data that asks for a restart, as cloud-init has merged it from all parts, templates and
 * includes. Only root may read the file; cloud-init writes it with each key at the beginning of a line.
 */
export const POWER_STATE_COMMAND =
  'f=/var/lib/cloud/instance/cloud-config.txt; ' +
  "{ cat $f || sudo -n cat $f; } 2>/dev/null | sed -n '/^power_state:/,/^[^ ]/p'";

/**
 * Which boot this is, and what is known of the restart. A container's kernel is its host's, so its boot is told
 * by the start of its first process. The mark of cloud-init's module is older than the files that this boot has
 * made when the restart has been, and with a delay systemd has a file that says what is planned.
 */
export const BOOT_COMMAND =
  "echo boot $(cat /proc/sys/kernel/random/boot_id) $(cut -d' ' -f22 /proc/1/stat 2>/dev/null); " +
  'cd /var/lib/cloud/instance/sem 2>/dev/null && ' +
  '[ config_power_state_change -ot /run/cloud-init/instance-data.json ] && echo before; ' +
  '[ -e /run/systemd/shutdown/scheduled ] && echo scheduled; true';

/** From the time at which cloud-init has made up its mind to the guest's going down, at the most, ms. */
const SLACK_MS = 15_000;

/**
 * A restart that the user-data asks for (`power_state`) is over; looked at when cloud-init has ended, which is
 * before that restart. Other restarts, such as that of `package_reboot_if_required`, come while cloud-init still
 * runs, so waiting for its end covers them. A guest without such a wish is ready.
 */
export function restartReadiness(login: GuestLogin, clock: Clock): Readiness {
  const watch = new PowerStateWatch(clock);
  return {
    what: 'the restart that the user-data asks for',
    advice:
      'Its `power_state` in the cloud-init user-data says when it comes; give more time, or take it out.',
    probe: async (address, signal) =>
      await withSession(
        login,
        address,
        signal,
        async (session) => await watch.probe(session, address, signal),
      ),
  };
}

class PowerStateWatch {
  readonly #clock: Clock;
  #state: PowerState | undefined;
  #first: { readonly boot: string; readonly at: number } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async probe(session: SshSession, address: string, signal: AbortSignal): Promise<ReadinessProbe> {
    this.#state ??= await readPowerState(session, signal);
    const state = this.#state;
    if (state === undefined) return { ready: true };
    const { stdout } = await session.run(BOOT_COMMAND, signal);
    const lines = stdout.split('\n');
    const boot = lines.find((line) => line.startsWith('boot ')) ?? '';
    this.#first ??= { boot, at: this.#clock.now() };
    if (boot !== this.#first.boot || lines.includes('before')) return { ready: true };
    const isPlanned = lines.includes('scheduled');
    // A command has decided before cloud-init ended, and mostly against it when nothing comes of it soon.
    const limit = SLACK_MS + (state.condition === 'command' ? 0 : state.timeout);
    const isOverdue = this.#clock.now() - this.#first.at > limit;
    if (!isPlanned && isOverdue) return { ready: true, note: noteOf(state) };
    // A guest that goes off is no host; one whose condition is not known yet is waited for.
    if (state.mode !== 'reboot' && (state.condition === 'always' || isPlanned)) throw goesOff(address, state);
    return {
      ready: false,
      reachable: true,
      seen: isPlanned ? 'the guest has planned it' : 'the guest is still up',
    };
  }
}

async function readPowerState(session: SshSession, signal: AbortSignal): Promise<PowerState | undefined> {
  const { stdout } = await session.run(POWER_STATE_COMMAND, signal);
  const [first = '', ...rest] = stdout.split('\n');
  const end = rest.findIndex((line) => !line.startsWith(' '));
  if (!first.startsWith('power_state:')) return undefined;
  // Loaded here because its YAML library costs time that hosts without such a wish need not pay.
  const { powerStateOf } = await import('./power-state.js');
  return powerStateOf([first, ...rest.slice(0, end === -1 ? undefined : end)].join('\n'));
}

/** With a condition that the guest has found false nothing is wrong. */
function noteOf({ condition, mode }: PowerState): string | undefined {
  if (condition === 'command') return undefined;
  return `The user-data asks for power_state "${mode}", and the guest did not do it: going on.`;
}

function goesOff(address: string, { mode }: PowerState): OperationError {
  return new OperationError({
    code: 'task-failed',
    attempted: `wait for the guest at ${address}`,
    problem: `its user-data turns it off when cloud-init has ended (power_state with mode "${mode}")`,
    advice: 'Take power_state out of the user-data, or let it reboot.',
  });
}
