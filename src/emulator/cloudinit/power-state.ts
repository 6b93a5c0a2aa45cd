import { shellWord } from '../../support/index.js';
import type { System } from '../os/process.js';
import { isMapping, list, text, texts, truth, type Mapping } from './narrow.js';
import { runText } from './scripts.js';

const SEMAPHORE = '/var/lib/cloud/instance/sem/config_power_state_change';
const SCHEDULED = '/run/systemd/shutdown/scheduled';
const MINUTE = 60_000;

/** A change of power that cloud-init has decided on. */
export interface PowerChange {
  readonly reboot: boolean;
  /** From the end of cloud-init, ms. */
  readonly delay: number;
}

/**
 * The module `power_state_change`, once per instance: reads the setting and runs its condition. What cannot be read
 * is a warning and has no effect, as with the real one.
 */
export async function decidePowerChange(
  system: System,
  config: Mapping,
): Promise<PowerChange | string | undefined> {
  const setting = config['power_state'];
  if (setting === undefined || setting === null) return undefined;
  system.fs.mkdirs('/var/lib/cloud/instance/sem');
  system.fs.writeFile(SEMAPHORE, '');
  if (!isMapping(setting)) return 'power_state is not a dict';
  const mode = text(setting['mode']) ?? '';
  if (!['reboot', 'poweroff', 'halt'].includes(mode))
    return `power_state[mode] required, must be one of: halt,poweroff,reboot. found: '${mode}'.`;
  const delay = text(setting['delay']) ?? 'now';
  if (delay !== 'now' && !/^\+?\d+$/.test(delay))
    return `power_state[delay] must be 'now' or '+m' (minutes). found '${delay}'.`;
  if (!(await isMet(system, setting['condition']))) return undefined;
  return { reboot: mode === 'reboot', delay: delay === 'now' ? 0 : Number(delay.replace('+', '')) * MINUTE };
}

/** Done by a process of its own when cloud-init has ended. */
export function changePower(system: System, { reboot, delay }: PowerChange): void {
  const press = (): void => (reboot ? system.power.reboot() : system.power.off());
  if (delay === 0) {
    press();
    return;
  }
  system.fs.mkdirs('/run/systemd/shutdown');
  system.fs.writeFile(SCHEDULED, `MODE=${reboot ? 'reboot' : 'poweroff'}\n`);
  // Losing power meanwhile cancels what was planned.
  system.clock.sleep(delay, system.signal).then(press, () => undefined);
}

async function isMet(system: System, condition: unknown): Promise<boolean> {
  if (condition === undefined || condition === null) return true;
  if (typeof condition === 'boolean') return truth(condition, true);
  const script = Array.isArray(condition)
    ? list(condition).flatMap(texts).map(shellWord).join(' ')
    : text(condition);
  return (await runText(system, `${script ?? 'false'}\n`)) === 0;
}
