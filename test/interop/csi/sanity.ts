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
  const run = spawnSync(PROGRAM, [...flagsFor(report, '/nowhere'), '--ginkgo.dry-run'], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`csi-sanity (make tools): ${run.error?.message ?? run.stderr}`);
  return resultsIn(report).map(({ name }) => name);
}

/** Runs csi-sanity against the driver at a socket. `folder`: for its report and its mounts. */
export async function runSanity(
  socketPath: string,
  folder: string,
  flags: readonly string[] = [],
): Promise<Map<string, SanityResult>> {
  const report = join(folder, 'report.json');
  const paths = [`--csi.mountdir=${join(folder, 'mount')}`, `--csi.stagingdir=${join(folder, 'staging')}`];
  const child = spawn(PROGRAM, [...flagsFor(report, `unix://${socketPath}`), ...paths, ...flags], {
    stdio: 'ignore',
  });
  await new Promise((resolve, reject) => child.once('error', reject).once('exit', resolve));
  return new Map(resultsIn(report).map((result) => [result.name, result]));
}

function flagsFor(report: string, endpoint: string): string[] {
  return [`--ginkgo.json-report=${report}`, '--ginkgo.seed=1', `--csi.endpoint=${endpoint}`];
}

function resultsIn(report: string): SanityResult[] {
  const [suite] = reportShape.parse(JSON.parse(readFileSync(report, 'utf8')));
  const specs = (suite?.SpecReports ?? []).filter(({ LeafNodeType }) => LeafNodeType === 'It');
  return specs.map(({ ContainerHierarchyTexts, LeafNodeText, State, Failure }) => ({
    name: [...(ContainerHierarchyTexts ?? []), LeafNodeText].join(' › '),
    state: State,
    message: Failure?.Message ?? '',
  }));
}
