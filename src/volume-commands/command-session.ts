import type { CallContext } from '../provider/index.js';
import { deadlineAfter, OperationError } from '../support/index.js';
import type { VolumeReference, VolumeService } from '../volume/index.js';
import { readSettings, settingsPath, type VolumeSettings } from './config/settings-file.js';
import { openVolumeService } from './open-volume-service.js';
import type { CommandRuntime } from './volume-runtime.js';

/** Options that every command has; `json` those with a result. */
export interface SharedOptions {
  readonly config?: string | undefined;
  readonly json?: boolean | undefined;
}

/** What a command works with. */
export interface CommandSession {
  readonly service: VolumeService;
  readonly context: CallContext;
}

/** A command may wait for copies of large volumes; a longer wait is a fault. ms */
const COMMAND_LIMIT = 1_800_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Reads the settings, opens the core, runs `work` and gives everything back. */
export async function withVolumes<T>(
  runtime: CommandRuntime,
  options: SharedOptions,
  attempted: string,
  work: (session: CommandSession) => Promise<T>,
): Promise<T> {
  const { log } = runtime;
  const settings = await loadSettings(runtime, options);
  const service = openVolumeService(runtime, settings, { background: false });
  const stop = new AbortController();
  const stopped = (): void => stop.abort(interrupted(attempted));
  runtime.stop.addEventListener('abort', stopped, { once: true });
  const deadline = deadlineAfter(COMMAND_LIMIT, attempted, undefined, stop.signal);
  try {
    const progress = eachOnce((line) => log.info(line));
    return await work({ service, context: { signal: deadline.signal, progress } });
  } finally {
    deadline.clear();
    runtime.stop.removeEventListener('abort', stopped);
    await service.close();
    await log.flush();
  }
}

/** The settings, their secrets masked in what is logged. */
export async function loadSettings(
  { environment, log }: CommandRuntime,
  { config }: SharedOptions,
): Promise<VolumeSettings> {
  const settings = await readSettings(settingsPath(config, environment), (text) => log.warn(text));
  log.hide(settings.connection);
  return settings;
}

/** A volume as users name it: by its id, or by its name. */
export function referenceTo(text: string): VolumeReference {
  return UUID.test(text) ? { id: text.toLowerCase() } : { name: text };
}

function interrupted(attempted: string): OperationError {
  const advice = 'What had begun was ended in order; the same command again goes on.';
  return new OperationError({ code: 'cancelled', attempted, problem: 'interrupted', advice });
}

function eachOnce(show: (line: string) => void): (line: string) => void {
  let last = '';
  return (line) => {
    if (line === last) return;
    last = line;
    show(line);
  };
}
