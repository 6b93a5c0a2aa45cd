import { isEnabled, enable, type ServiceManager } from '../../services/index.js';
import type { Mirror, Package, PackageDatabase } from '../../packages/index.js';
import type { Process, ProgramOf } from '../../os/process.js';
import { UsageError } from '../../os/execute.js';
import { parseOptions } from '../options.js';

/** What programs for packages are given of the guest. */
export interface PackageParts {
  readonly packages: PackageDatabase;
  readonly mirror: Mirror;
  readonly services: ServiceManager;
  /** How long apt takes for one package, ms. */
  readonly packageTime: number;
}

const LOCK = '/var/lib/dpkg/lock-frontend';

const TABLE = 'y|yes|assume-yes q|quiet o: no-install-recommends';

/** apt-get and apt: install, remove, purge, update, upgrade, clean. */
const apt: ProgramOf<PackageParts> = async (process, parts) => {
  const options = parseOptions(process.args, TABLE, { status: 100 });
  const [verb, ...names] = options.operands;
  switch (verb) {
    case 'update':
      return locked(process, () => update(process, parts));
    case 'install':
      return locked(process, () => install(process, parts, names));
    case 'remove':
    case 'purge':
      return locked(process, () => remove(process, parts, names));
    case 'upgrade':
      return locked(process, () =>
        install(
          process,
          parts,
          parts.packages.installed().map(({ name }) => name),
        ),
      );
    case 'clean':
      return 0;
    default:
      await process.stderr.line(`E: Invalid operation ${verb ?? ''}`);
      return 100;
  }
};

/** Only one of them at a time, and only root: like the real one, the second fails at once. */
async function locked(process: Process, run: () => Promise<number>): Promise<number> {
  const { fs } = process.system;
  if (process.user.uid !== 0) {
    await process.stderr.line(`E: Could not open lock file ${LOCK} - open (13: Permission denied)`);
    await process.stderr.line(`E: Unable to acquire the dpkg frontend lock (${LOCK}), are you root?`);
    return 100;
  }
  const holder = fs.find(LOCK) === undefined ? '' : fs.readText(LOCK);
  if (holder !== '') {
    await process.stderr.line(`E: Could not get lock ${LOCK}. It is held by process ${holder} (apt-get)`);
    await process.stderr.line(
      `E: Unable to acquire the dpkg frontend lock (${LOCK}), is another process using it?`,
    );
    return 100;
  }
  fs.writeFile(LOCK, String(process.system.nextProcessId()));
  try {
    return await run();
  } finally {
    fs.writeFile(LOCK, '');
  }
}

async function update(process: Process, { packageTime }: PackageParts): Promise<number> {
  await process.stdout.line(`Hit:1 emulated://mirror ${process.system.distribution.codename} InRelease`);
  await process.system.clock.sleep(packageTime, process.signal);
  await process.stdout.line('Reading package lists...');
  return 0;
}

async function install(process: Process, parts: PackageParts, names: readonly string[]): Promise<number> {
  const { packages, mirror } = parts;
  const wanted = new Map<string, Package>();
  for (const name of names.map((text) => text.replace(/[=/].*$/, ''))) {
    const found = mirror.withDependencies(name);
    if (found.length === 0 && packages.find(name) === undefined) {
      await process.stderr.line(`E: Unable to locate package ${name}`);
      return 100;
    }
    for (const each of found) wanted.set(each.name, each);
  }
  await process.stdout.line('Reading package lists...\nBuilding dependency tree...');
  const missing = [...wanted.values()].filter(
    ({ name, version }) => packages.find(name)?.version !== version,
  );
  for (const each of wanted.values()) {
    if (!missing.includes(each))
      await process.stdout.line(`${each.name} is already the newest version (${each.version}).`);
  }
  for (const each of missing) await unpack(process, parts, each);
  return 0;
}

/** Writes the package's files, then enables and starts its services as Debian's maintainer scripts do. */
async function unpack(process: Process, parts: PackageParts, wanted: Package): Promise<void> {
  const { system } = process;
  const { packages, services, packageTime } = parts;
  await process.stdout.line(`Setting up ${wanted.name} (${wanted.version}) ...`);
  await system.clock.sleep(packageTime, process.signal);
  packages.install(wanted);
  services.reload();
  for (const name of Object.keys(wanted.units)) {
    const unit = services.unit(name);
    if (unit !== undefined && !isEnabled(system.fs, unit)) enable(system.fs, unit);
    await services.restart(name).catch((error: unknown) => {
      return process.stderr.line(`invoke-rc.d: ${error instanceof Error ? error.message : String(error)}`);
    });
  }
}

async function remove(
  process: Process,
  { packages, mirror, services }: PackageParts,
  names: readonly string[],
): Promise<number> {
  for (const name of names) {
    const installed = packages.find(name);
    const known = mirror.find(name);
    if (installed === undefined || known === undefined) {
      await process.stdout.line(`Package '${name}' is not installed, so not removed`);
      continue;
    }
    for (const unit of Object.keys(known.units)) await services.stop(unit).catch(() => undefined);
    packages.remove(known);
    services.reload();
    await process.stdout.line(`Removing ${name} (${installed.version}) ...`);
  }
  return 0;
}

const dpkg: ProgramOf<PackageParts> = async (process, { packages }) => {
  const options = parseOptions(process.args, 'l|list s|status print-architecture');
  if (options.has('print-architecture')) {
    await process.stdout.line('amd64');
    return 0;
  }
  const names = options.operands;
  const found = packages.installed().filter(({ name }) => names.length === 0 || names.includes(name));
  for (const { name, version, summary } of found) {
    if (options.has('s'))
      await process.stdout.line(`Package: ${name}\nStatus: install ok installed\nVersion: ${version}\n`);
    else await process.stdout.line(`ii  ${name.padEnd(24)} ${version.padEnd(32)} amd64 ${summary}`);
  }
  const missing = names.filter((name) => !found.some((each) => each.name === name));
  if (missing.length > 0) throw new UsageError(`no packages found matching ${missing.join(', ')}`);
  return 0;
};

export const packagePrograms: Readonly<Record<string, ProgramOf<PackageParts>>> = {
  apt,
  'apt-get': apt,
  dpkg,
};
