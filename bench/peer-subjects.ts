import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ProcessGroup, type RunCost } from './process-group.js';
import { BenchError } from './run-bench.js';

/** One way to run machines: the driver's name in config.json, and where its binary is. */
export interface Subject {
  readonly name: string;
  readonly driver: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly group: ProcessGroup;
}

/** A do-nothing plugin in Go: with the time of one list beside, what no driver can be faster than. */
export const FLOOR = 'floor';

/** The binary that is measured against; only `make bench-peer` builds ours. */
export function peerBinary(): string {
  const peer = process.env['PEER'] ?? '.tools/docker-machine-driver-peer';
  if (existsSync(peer)) return peer;
  throw new BenchError(
    `bench peer: there is no ${peer}: run \`make bench-peer\`, which builds it (PEER names another)`,
  );
}

/**
 * `ours` is what `make install` installs, `ours alone` each plugin as a program of its own, `before` the driver in the
 * folder of that name, of another build; `ours` is left out where no launcher could be built.
 */
export function subjectsIn(folder: string, names: readonly string[], before: string): readonly Subject[] {
  const binaries = join(folder, 'peer-bin');
  mkdirSync(binaries);
  copyFileSync(peerBinary(), join(binaries, 'docker-machine-driver-peer'));
  const subject = (name: string, driver: string, path: string): Subject => {
    const id = name.replaceAll(' ', '-');
    // A launcher takes no long one.
    const runtime = join(folder, id);
    mkdirSync(runtime, { mode: 0o700 });
    return { name, driver, folder: path, env: { XDG_RUNTIME_DIR: runtime }, group: new ProcessGroup(id) };
  };
  return names.flatMap((name) => {
    switch (name) {
      case 'ours':
        return existsSync('dist/launcher') ? [subject(name, 'nutanix', resolve('dist/launcher'))] : [];
      case 'before':
        return [subject(name, 'nutanix', resolve(before))];
      case 'peer':
        return [subject(name, 'peer', binaries)];
      case FLOOR:
        return [subject(name, 'idle', resolve('.tools'))];
      default:
        return [subject(name, 'nutanix', resolve('dist'))];
    }
  });
}

/** The surroundings of a client that finds the subject's driver. */
export function surroundingsOf(subject: Subject, env: object, store: string): NodeJS.ProcessEnv {
  const path = [subject.folder, resolve('.tools'), process.env['PATH']].join(':');
  return { ...process.env, ...env, ...subject.env, PATH: path, MACHINE_STORAGE_PATH: store };
}

export async function docker(
  subject: Subject,
  env: object,
  store: string,
  args: readonly string[],
): Promise<RunCost> {
  return await subject.group.run(['docker-machine', ...args], surroundingsOf(subject, env, store));
}
