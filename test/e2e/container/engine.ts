import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../machine.js';

/** A Docker engine of the test's own. */
export interface TestEngine {
  /** unix:///… */
  readonly dockerHost: string;
  /** Runs the docker client against it; what it wrote to stdout. */
  docker(...args: string[]): string;
  /** Keeps the images it has now in this folder, for engines that are started with it. */
  keepImages(folder: string): void;
  /** What guests have in it: one line per container, volume and network. */
  left(): string;
  /** Stops it and removes all it had. */
  stop(): void;
}

/** With the guest image, which only the first engine of a computer reads from its file. */
const IMAGES = join(ROOT, '.cache', 'guest-image', 'images');

/** As `startEmptyEngine`; it has the guest image. */
export function startTestEngine(): TestEngine | undefined {
  const engine = startEngine(IMAGES);
  if (engine === undefined) return undefined;
  // What was kept may be of another recipe: then it is read.
  const built = script('scripts/guest-image/build.sh', [], engine.dockerHost);
  if (built.status !== 0) {
    engine.stop();
    explain(built.stderr);
    return undefined;
  }
  if (!built.stdout.includes('up to date')) engine.keepImages(IMAGES);
  return engine;
}

/**
 * Starts one without images, while the tests are collected, because whether they are run or skipped is decided then.
 * undefined = no engine can start here, and the reason has been printed; an error where REQUIRE_CONTAINER_GUESTS=1 wants
 * these tests.
 */
export function startEmptyEngine(): TestEngine | undefined {
  return startEngine('');
}

/** The same, with the images that were kept in this folder, if there are any. */
export function startEngine(images: string): TestEngine | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'docker-engine-'));
  const started = script('scripts/docker-engine.sh', ['start', folder, String(process.pid), images]);
  if (started.status !== 0) {
    rmSync(folder, { recursive: true, force: true });
    explain(started.stderr);
    return undefined;
  }
  const dockerHost = started.stdout.trim();
  return {
    dockerHost,
    docker: (...args) => docker(dockerHost, args),
    keepImages: (kept) => {
      script('scripts/docker-engine.sh', ['keep', folder, kept]);
    },
    left: () => leftIn(dockerHost),
    stop: () => {
      script('scripts/docker-engine.sh', ['stop', folder]);
    },
  };
}

/** `describe`, or `describe.skip` where there is no engine. */
export function describeWith(engine: TestEngine | undefined): jest.Describe {
  return engine === undefined ? describe.skip : describe;
}

function explain(reason: string): void {
  const line = reason.trim().split('\n').pop() ?? 'no reason given';
  if (process.env['REQUIRE_CONTAINER_GUESTS'] === '1') throw new Error(`no container guests here: ${line}`);
  process.stderr.write(`tests with container guests are skipped: ${line}\n`);
}

function docker(dockerHost: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('docker', args, {
    env: { ...process.env, DOCKER_HOST: dockerHost },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`docker ${args.join(' ')}: ${stderr}`);
  return stdout.trimEnd();
}

function leftIn(dockerHost: string): string {
  const lists = [
    ['ps', '--all', '--format', 'container {{.Names}}'],
    // Every engine of a computer sees the volume plugins in /run/docker/plugins, those of other tests too.
    ['volume', 'ls', '--filter', 'driver=local', '--format', 'volume {{.Name}}'],
    ['network', 'ls', '--filter', 'type=custom', '--format', 'network {{.Name}}'],
  ];
  return lists
    .map((list) => docker(dockerHost, list))
    .filter((lines) => lines !== '')
    .join('\n');
}

function script(
  path: string,
  args: readonly string[],
  dockerHost?: string,
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const env = dockerHost === undefined ? process.env : { ...process.env, DOCKER_HOST: dockerHost };
  return spawnSync('bash', [join(ROOT, path), ...args], { env, encoding: 'utf8' });
}
