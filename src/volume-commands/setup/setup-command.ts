import { execFile } from 'node:child_process';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { OperationError, replaceFile } from '../../support/index.js';
import type { SharedOptions } from '../command-session.js';
import { readSettings } from '../config/settings-file.js';
import { withJson } from '../output.js';
import type { AddCommand } from '../volume-life.js';
import type { CommandRuntime } from '../volume-runtime.js';
import { PLACES, unitFiles } from './units.js';

/** What `setup` reads from standard input: settings and policy as text. Nothing = they are there already. */
const inputShape = z.strictObject({ config: z.string().min(1), policy: z.string().optional() });
/** How long systemd gets for one command, ms; a restart waits for calls under way. */
const SYSTEMD_LIMIT = 240_000;
const LARGEST_INPUT = 256 * 1024;

interface SetupOptions extends SharedOptions {
  readonly root: string;
}

/** setup: files, units, and the service running with them. The last line with --json is `{"changed":true|false}`. */
export function addSetupCommand(add: AddCommand, runtime: CommandRuntime): void {
  withJson(
    add(
      'setup',
      'install the units of systemd and start the plugin; settings and policy may come on standard input',
      { readsSettings: false },
    ),
  )
    .option('--root <folder>', 'the root of another system, e.g. an image: nothing is started there', '/')
    .addHelpText(
      'after',
      '\nStandard input, if any: {"config": "text of nutanix-volume.yaml", "policy": "text of policy.yaml"}',
    )
    .action(async (options: SetupOptions) => {
      const { log } = runtime;
      const changed = await install(runtime, options);
      if (options.json === true) runtime.print(`${JSON.stringify({ changed })}\n`);
      else
        log.info(
          changed ? 'the plugin is installed and runs' : 'nothing to do: the plugin runs as it should',
        );
      await log.flush();
    });
}

/** True when something was changed. Settings that cannot be read are refused before anything is written. */
async function install(runtime: CommandRuntime, { root }: SetupOptions): Promise<boolean> {
  if (!runtime.isRoot) throw setupError('unsupported', 'only root can');
  const given = await filesFromInput(runtime);
  const at = (path: string): string => join(root, path);
  const written: string[] = [];
  for (const { path, text, mode } of given) {
    if (await writeChanged(at(path), text, mode)) written.push(path);
  }
  await readSettings(at(PLACES.settings), () => undefined);
  for (const [name, text] of unitFiles(PLACES.program)) {
    if (await writeChanged(join(at(PLACES.units), name), text, 0o644)) written.push(name);
  }
  const units = [...unitFiles(PLACES.program).keys()];
  if (root !== '/') {
    await systemctl(['--root', root, 'enable', ...units]);
    return written.length > 0;
  }
  const areActive = (await Promise.all(units.map((unit) => isActive(unit)))).every(Boolean);
  const isNewer = await isProgramNewer();
  if (written.length === 0 && areActive && !isNewer) return false;
  await systemctl(['daemon-reload']);
  await systemctl(['enable', ...units]);
  // The socket first: a service that listens by itself would hold its path.
  await systemctl(['start', 'nutanix-volume.socket']);
  await systemctl(['restart', 'nutanix-volume.service']);
  // On a host whose engine is still to come, it goes with the engine's start.
  if (await isActive('docker.service')) await systemctl(['restart', 'nutanix-volume-announce.service']);
  return true;
}

interface GivenFile {
  readonly path: string;
  readonly text: string;
  readonly mode: number;
}

async function filesFromInput({ input }: CommandRuntime): Promise<readonly GivenFile[]> {
  const text = (await input(LARGEST_INPUT)).trim();
  if (text === '') return [];
  const parsed = inputShape.safeParse(parsedJson(text));
  // What was read holds a secret: it is not repeated.
  if (!parsed.success)
    throw setupError('invalid-input', 'standard input has to be {"config": TEXT, "policy": TEXT}');
  const { config, policy } = parsed.data;
  const files = [{ path: PLACES.settings, text: config, mode: 0o600 }];
  return policy === undefined ? files : [...files, { path: PLACES.policy, text: policy, mode: 0o644 }];
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function writeChanged(path: string, text: string, mode: number): Promise<boolean> {
  const [former, facts] = await Promise.all([
    readFile(path, 'utf8').catch(() => undefined),
    stat(path).catch(() => undefined),
  ]);
  if (former === text && facts !== undefined && (facts.mode & 0o777) === mode) return false;
  await mkdir(dirname(path), { recursive: true, mode: 0o755 });
  await replaceFile(path, text, mode);
  return true;
}

/** Whether the executable was replaced since the service runs. */
async function isProgramNewer(): Promise<boolean> {
  const pid = (await systemctl(['show', '--value', '--property=MainPID', 'nutanix-volume.service'])).trim();
  if (!/^[1-9]\d*$/.test(pid)) return true;
  const [running, installed] = await Promise.all(
    [`/proc/${pid}/exe`, PLACES.program].map((path) => stat(path).catch(() => undefined)),
  );
  return running === undefined || running.ino !== installed?.ino;
}

async function isActive(unit: string): Promise<boolean> {
  return await systemctl(['is-active', unit]).then(
    () => true,
    () => false,
  );
}

function systemctl(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('systemctl', args, { timeout: SYSTEMD_LIMIT }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else
        reject(
          setupError('unsupported', `systemctl ${args.join(' ')}: ${stderr.trim() || error.message}`, error),
        );
    });
  });
}

function setupError(code: 'invalid-input' | 'unsupported', problem: string, cause?: unknown): OperationError {
  return new OperationError({ code, attempted: 'install the volume plugin', problem, cause });
}
