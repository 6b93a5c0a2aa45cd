import type { Process, Program } from '../../os/process.js';
import { parseOptions } from '../options.js';

const MINUTE = 60_000;

/** Does what the power switch says after `delay` ms; the caller does not wait for it. */
function schedule(process: Process, delay: number, reboot: boolean): void {
  const { system } = process;
  const press = () => (reboot ? system.power.reboot() : system.power.off());
  if (delay === 0) press();
  // Losing power meanwhile cancels what was planned.
  else system.clock.sleep(delay, system.signal).then(press, () => undefined);
}

function refusal(process: Process): Promise<void> {
  return process.stderr.line('Failed to set wall message, ignoring: Interactive authentication required.');
}

const shutdown: Program = async (process) => {
  const options = parseOptions(process.args, 'h P r');
  if (process.user.uid !== 0) {
    await refusal(process);
    return 1;
  }
  const [when = '+1'] = options.operands;
  const minutes = when === 'now' ? 0 : Number(when.replace(/^\+/, ''));
  if (!Number.isFinite(minutes)) {
    await process.stderr.line(`Failed to parse time specification: ${when}`);
    return 1;
  }
  schedule(process, minutes * MINUTE, options.has('r'));
  return 0;
};

function now(reboot: boolean): Program {
  return async (process) => {
    if (process.user.uid !== 0) {
      await refusal(process);
      return 1;
    }
    schedule(process, 0, reboot);
    return 0;
  };
}

export const powerPrograms: Readonly<Record<string, Program>> = {
  shutdown,
  poweroff: now(false),
  reboot: now(true),
};
