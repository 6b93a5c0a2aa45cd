import { isEnabled, type ServiceManager, type Unit } from '../../services/index.js';
import type { JournalEntry } from '../../os/journal.js';
import type { Program, System } from '../../os/process.js';
import { parseOptions } from '../options.js';

/** What `systemctl status` prints: the state and the latest lines of the journal. */
export function statusText(system: System, services: ServiceManager, unit: Unit): string {
  const state = services.state(unit.name);
  const dot = state?.active === 'failed' ? '×' : state?.active === 'active' ? '●' : '○';
  const enabled = isEnabled(system.fs, unit) ? 'enabled' : 'disabled';
  const [dropIn] = unit.dropIns;
  const directory = dropIn?.slice(0, dropIn.lastIndexOf('/')) ?? '';
  return [
    `${dot} ${unit.name} - ${unit.description}`,
    `     Loaded: loaded (${unit.path}; ${enabled}; preset: enabled)`,
    ...(dropIn === undefined ? [] : [`    Drop-In: ${directory}`]),
    `     Active: ${state?.active ?? 'inactive'} (${state?.sub ?? 'dead'}) since ${(state?.since ?? new Date()).toISOString()}`,
    ...(state?.processId ? [`   Main PID: ${state.processId}`] : []),
    '',
    ...system.journal
      .entries(unit.name)
      .slice(-10)
      .map((entry) => journalLine(system, entry)),
    '',
  ].join('\n');
}

function journalLine({ hostname }: System, { time, unit, text }: JournalEntry): string {
  return `${time.toISOString().slice(0, 19)} ${hostname} ${unit.replace(/\.service$/, '')}: ${text}`;
}

const journalctl: Program = async (process) => {
  const options = parseOptions(process.args, 'u|unit: n|lines: x e b no-pager');
  const name = options.value('u');
  const unit = name === undefined || name.includes('.') ? name : `${name}.service`;
  const entries = process.system.journal.entries(unit);
  const shown = entries.slice(-Number(options.value('n') ?? 1000));
  if (shown.length === 0) await process.stdout.line('-- No entries --');
  for (const entry of shown) await process.stdout.line(journalLine(process.system, entry));
  return 0;
};

export const journalPrograms: Readonly<Record<string, Program>> = { journalctl };
