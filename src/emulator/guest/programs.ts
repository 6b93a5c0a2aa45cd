import { cloudInitPrograms, type CloudInitStatus } from '../cloudinit/index.js';
import { dockerPrograms, type Docker } from '../docker/index.js';
import type { Program, ProgramOf } from '../os/process.js';
import {
  diskPrograms,
  packagePrograms,
  plainPrograms,
  servicePrograms,
  type DiskParts,
  type PackageParts,
} from '../programs/index.js';
import type { ServiceManager } from '../services/index.js';

/** The parts of a guest that some programs are given. */
export interface GuestParts extends DiskParts, PackageParts {
  readonly services: ServiceManager;
  readonly docker: Docker;
  readonly cloudInit: CloudInitStatus;
}

type Row = readonly [name: string, of: (guest: GuestParts) => Program];

function rows<Part>(
  programs: Readonly<Record<string, ProgramOf<Part>>>,
  partOf: (guest: GuestParts) => Part,
): Row[] {
  return Object.entries(programs).map(([name, program]): Row => {
    return [name, (guest) => (process) => program(process, partOf(guest))];
  });
}

/** Every emulated program by name; a guest has those for which an executable file exists. */
const PROGRAMS: ReadonlyMap<string, Row[1]> = new Map([
  ...Object.entries(plainPrograms).map(([name, program]): Row => [name, () => program]),
  ...rows(servicePrograms, (guest) => guest.services),
  ...rows(packagePrograms, (guest) => guest),
  ...rows(diskPrograms, (guest) => guest),
  ...rows(dockerPrograms, (guest) => guest.docker),
  ...rows(cloudInitPrograms, (guest) => guest.cloudInit),
]);

/** Programs whose file a package brings; Debian's images come without sudo and curl. */
const PACKAGED: ReadonlySet<string> = new Set(['curl', 'docker', 'sudo']);

/** Names of the programs that need no package: the base image has a file for each of them in /usr/bin. */
export const baseProgramNames: readonly string[] = [...PROGRAMS.keys()].filter((name) => !PACKAGED.has(name));

export function programOf(guest: GuestParts, name: string): Program | undefined {
  return PROGRAMS.get(name)?.(guest);
}
