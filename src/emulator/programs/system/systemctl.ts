import type { JournalEntry } from '../../os/journal.js';
import type { Program, System, Process, ProgramOf } from '../../os/process.js';
import {
  isEnabled,
  type ServiceManager,
  type Unit,
  disable,
  enable,
  ServiceError,
} from '../../services/index.js';
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

const TABLE = 'f|force q|quiet now no-pager l|full';

/** A verb's subject: one unit, and the process that names it. */
interface Call {
  readonly process: Process;
  readonly services: ServiceManager;
  readonly unit: Unit;
  readonly quiet: boolean;
}

type Verb = (call: Call) => number | Promise<number>;

/** Verbs that change something: root only. */
const CHANGES: Readonly<Record<string, Verb>> = {
  start: (call) => job(call, (services, name) => services.start(name)),
  stop: (call) => job(call, (services, name) => services.stop(name)),
  restart: (call) => job(call, (services, name) => services.restart(name)),
  enable: async ({ process, unit }) => {
    for (const link of enable(process.system.fs, unit)) {
      await process.stderr.line(`Created symlink ${link} → ${unit.path}.`);
    }
    return 0;
  },
  disable: async ({ process, unit }) => {
    for (const link of disable(process.system.fs, unit)) await process.stderr.line(`Removed ${link}.`);
    return 0;
  },
  mask: ({ process, services, unit }) => {
    process.system.fs.symlink('/dev/null', `/etc/systemd/system/${unit.name}`);
    services.reload();
    return 0;
  },
  unmask: ({ process, services, unit }) => {
    if (unit.masked) process.system.fs.remove(`/etc/systemd/system/${unit.name}`);
    services.reload();
    return 0;
  },
};

const QUERIES: Readonly<Record<string, Verb>> = {
  'is-active': async ({ process, services, unit, quiet }) => {
    const state = services.state(unit.name)?.active ?? 'inactive';
    if (!quiet) await process.stdout.line(state);
    return state === 'active' ? 0 : 3;
  },
  'is-failed': async ({ process, services, unit, quiet }) => {
    const state = services.state(unit.name)?.active ?? 'inactive';
    if (!quiet) await process.stdout.line(state);
    return state === 'failed' ? 0 : 1;
  },
  'is-enabled': async ({ process, unit, quiet }) => {
    const enabled = unit.masked ? 'masked' : isEnabled(process.system.fs, unit) ? 'enabled' : 'disabled';
    if (!quiet) await process.stdout.line(unit.wantedBy.length === 0 && !unit.masked ? 'static' : enabled);
    return enabled === 'enabled' || unit.wantedBy.length === 0 ? 0 : 1;
  },
  status: async ({ process, services, unit }) => {
    const state = services.state(unit.name);
    await process.stdout.write(statusText(process.system, services, unit));
    return state?.active === 'active' ? 0 : 3;
  },
};

async function job(
  { process, services, unit }: Call,
  run: (services: ServiceManager, name: string) => Promise<void>,
): Promise<number> {
  if (services.needsReload(unit.name)) {
    await process.stderr.line(
      `Warning: The unit file, source configuration file or drop-ins of ${unit.name} changed on disk. ` +
        `Run 'systemctl daemon-reload' to reload units.`,
    );
  }
  try {
    await run(services, unit.name);
    return 0;
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    if (error.kind === 'failed') {
      await process.stderr.line(
        `Job for ${unit.name} failed because the control process exited with error code.\n` +
          `See "systemctl status ${unit.name}" and "journalctl -xeu ${unit.name}" for details.`,
      );
    } else await process.stderr.line(`Failed to start ${unit.name}: ${error.message}`);
    return 1;
  }
}

const POWER: Readonly<Record<string, (process: Process) => void>> = {
  poweroff: ({ system }) => system.power.off(),
  reboot: ({ system }) => system.power.reboot(),
};

const systemctl: ProgramOf<ServiceManager> = async (process, services) => {
  const options = parseOptions(process.args, TABLE);
  const [verb = '', ...names] = options.operands;
  const change = CHANGES[verb];
  const power = POWER[verb];
  const restricted = change !== undefined || power !== undefined || verb === 'daemon-reload';
  if (restricted && process.user.uid !== 0) {
    await process.stderr.line(`Failed to ${verb} ${names[0] ?? ''}: Interactive authentication required.`);
    return 1;
  }
  if (power !== undefined) {
    power(process);
    return 0;
  }
  if (verb === 'daemon-reload') {
    services.reload();
    return 0;
  }
  const run = change ?? QUERIES[verb];
  if (run === undefined)
    return saying({ ...process, stdout: process.stderr }, `Unknown command verb '${verb}'.`, 1);
  let status = 0;
  for (const name of names)
    status = (await one(process, services, name, run, options.has('q'), verb)) || status;
  if (options.has('now') && (verb === 'enable' || verb === 'disable')) {
    const follow = CHANGES[verb === 'enable' ? 'start' : 'stop'];
    for (const name of names)
      if (follow) status = (await one(process, services, name, follow, false, verb)) || status;
  }
  return status;
};

async function one(
  process: Process,
  services: ServiceManager,
  name: string,
  run: Verb,
  quiet: boolean,
  verb: string,
): Promise<number> {
  const unit = services.unit(name);
  if (unit !== undefined) return run({ process, services, unit, quiet });
  const full = name.includes('.') ? name : `${name}.service`;
  if (verb === 'is-active') return quiet ? 3 : saying(process, 'inactive', 3);
  const problem =
    verb === 'status'
      ? `Unit ${full} could not be found.`
      : `Failed to ${verb} ${full}: Unit ${full} not found.`;
  await process.stderr.line(problem);
  return verb === 'status' ? 4 : 5;
}

async function saying(process: Process, text: string, status: number): Promise<number> {
  await process.stdout.line(text);
  return status;
}

export const servicePrograms: Readonly<Record<string, ProgramOf<ServiceManager>>> = { systemctl };
