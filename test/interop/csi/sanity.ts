import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const PROGRAM = join(__dirname, '../../../.tools/csi-sanity');

const specShape = z.object({
  ContainerHierarchyTexts: z.array(z.string()).nullable(),
  LeafNodeType: z.string(),
  LeafNodeText: z.string(),
  State: z.string(),
  Failure: z.object({ Message: z.string() }).optional(),
});
const reportShape = z.array(z.object({ SpecReports: z.array(specShape) }));

/** What csi-sanity skips, and why; nothing else may be skipped. Its names are those of csi-test 5.6.0. */
export const SKIPPED_TESTS: readonly (readonly [tests: RegExp, because: string])[] = [
  [/^GroupController Service/, 'no snapshots of several volumes at one moment'],
  [/^ModifyVolume|volume attribute class$/, 'nothing of a volume changes but its size'],
  [/Health/, 'alpha; Prism Central tells no health of volume groups'],
  [/^SnapshotMetadata|accessibility requirements$/, 'alpha; every node of a cluster reaches every snapshot'],
  [/already published but is incompatible$/, 'read-only is what a node does, not how it is attached'],
  [/more volumes than the node max attach limit$/, 'a VM takes more volumes than a test should make'],
  [/pagination should detect volumes added/, 'switched off in csi-test itself'],
];

export function isSkippedTest(name: string): boolean {
  return SKIPPED_TESTS.some(([pattern]) => pattern.test(name));
}

/** One test of csi-sanity. */
export interface SanityResult {
  readonly name: string;
  /** `passed`, `failed`, `skipped`, `pending` … */
  readonly state: string;
  /** Why it failed or was skipped. */
  readonly message: string;
}

/** The names of all tests of csi-sanity, without running one. `folder`: for its report. */
export function sanityTests(folder: string): string[] {
  const report = join(folder, 'names.json');
  const flags = [...sanityFlags(report, '/nowhere', folder), '--ginkgo.dry-run'];
  const run = spawnSync(PROGRAM, flags, { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`csi-sanity (make tools): ${run.error?.message ?? run.stderr}`);
  return resultsIn(report).map(({ name }) => name);
}

/** Runs csi-sanity against the driver at a socket. `folder`: for its report and its mounts. */
export async function runSanity(socketPath: string, folder: string): Promise<Map<string, SanityResult>> {
  const report = join(folder, 'report.json');
  const child = spawn(PROGRAM, sanityFlags(report, socketPath, folder), { stdio: 'ignore' });
  await new Promise((resolve, reject) => child.once('error', reject).once('exit', resolve));
  return new Map(resultsIn(report).map((result) => [result.name, result]));
}

/** What csi-sanity is told: where to report, which driver, and a folder for its mounts. */
export function sanityFlags(report: string, socketPath: string, folder: string): string[] {
  return [
    `--ginkgo.json-report=${report}`,
    '--ginkgo.seed=1',
    `--csi.endpoint=unix://${socketPath}`,
    `--csi.mountdir=${join(folder, 'mount')}`,
    `--csi.stagingdir=${join(folder, 'staging')}`,
  ];
}

/** What a report of csi-sanity says of each test. */
export function resultsIn(report: string): SanityResult[] {
  const [suite] = reportShape.parse(JSON.parse(readFileSync(report, 'utf8')));
  const specs = (suite?.SpecReports ?? []).filter(({ LeafNodeType }) => LeafNodeType === 'It');
  return specs.map(({ ContainerHierarchyTexts, LeafNodeText, State, Failure }) => ({
    name: [...(ContainerHierarchyTexts ?? []), LeafNodeText].join(' › '),
    state: State,
    message: Failure?.Message ?? '',
  }));
}
