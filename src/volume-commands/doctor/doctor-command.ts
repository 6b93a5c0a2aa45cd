import { createStorageNode } from '../../node/index.js';
import type { CallContext } from '../../provider/index.js';
import { deadlineAfter, OperationError } from '../../support/index.js';
import { loadSettings, type SharedOptions } from '../command-session.js';
import type { VolumeSettings } from '../config/settings-file.js';
import { DEFAULT_SOCKET } from '../front-ends.js';
import { jsonText, columnsText, withJson } from '../output.js';
import type { AddCommand, Finish } from '../volume-life.js';
import { VOLUME_EXIT, type CommandRuntime } from '../volume-runtime.js';
import {
  clockCheck,
  identityCheck,
  initiatorCheck,
  permissionChecks,
  placementCheck,
} from './cloud-checks.js';
import { bad, ok, type DoctorFinding } from './finding.js';
import {
  engineCheck,
  folderCheck,
  HOST_PLACES,
  kernelCheck,
  portalCheck,
  programsCheck,
  rootCheck,
} from './host-checks.js';

/** For all requests together, ms. */
const LIMIT = 60_000;

/** doctor: what this host needs for volumes, what is missing, and what to do. */
export function addDoctor(add: AddCommand, runtime: CommandRuntime, finish: Finish): void {
  withJson(add('doctor', 'check this host and its Prism Central, and say what to do'))
    .option('--socket <path>', "the plugin's socket", DEFAULT_SOCKET)
    .action(async (options: SharedOptions & { readonly socket: string }) => {
      const findings = await examine(runtime, options);
      runtime.print(runtime.log.redact(options.json === true ? jsonText(findings) : reportText(findings)));
      if (findings.some(({ verdict }) => verdict === 'fail')) finish(VOLUME_EXIT.failed);
    });
}

async function examine(
  runtime: CommandRuntime,
  options: SharedOptions & { readonly socket: string },
): Promise<readonly DoctorFinding[]> {
  const { log } = runtime;
  let settings: VolumeSettings | undefined;
  let settingsFinding: DoctorFinding;
  try {
    settings = await loadSettings(runtime, options);
    settingsFinding = ok('settings', settings.file);
  } catch (error) {
    const { message } = OperationError.from(error, 'read the settings');
    settingsFinding = bad(
      'settings',
      'fail',
      message,
      'Mend the file; nutanix-volume config check reads it.',
    );
  }
  const iscsi = settings?.attachment === 'iscsi';
  const findings = [
    rootCheck(runtime.isRoot),
    settingsFinding,
    await programsCheck(HOST_PLACES, iscsi),
    await kernelCheck(HOST_PLACES, iscsi),
    await engineCheck(HOST_PLACES, options.socket),
  ];
  if (settings !== undefined) {
    findings.push(await folderCheck(settings.folder), ...(await examineCloud(runtime, settings, log)));
  }
  await log.flush();
  return findings;
}

async function examineCloud(
  runtime: CommandRuntime,
  settings: VolumeSettings,
  log: CommandRuntime['log'],
): Promise<DoctorFinding[]> {
  const deadline = deadlineAfter(LIMIT, 'examine Prism Central', undefined, runtime.stop);
  const context: CallContext = { signal: deadline.signal, progress: (line) => log.debug(line) };
  const cloud = await runtime.connect(settings.connection, log);
  try {
    const identity = await createStorageNode().identify();
    const { finding, placement, unusable } = await placementCheck(cloud, settings, context);
    const iscsi = settings.attachment === 'iscsi';
    if (unusable === true)
      return [finding, initiatorCheck(settings, identity), await clockCheck(settings, Date.now)];
    return [
      ok('Prism Central', `${settings.connection.host}:${settings.connection.port} answers`),
      finding,
      ...(await permissionChecks(cloud, context)),
      await identityCheck(cloud, settings, identity, context),
      initiatorCheck(settings, identity),
      ...(placement === undefined ? [] : [await portalCheck(placement.portal, iscsi)]),
      await clockCheck(settings, Date.now),
    ];
  } finally {
    deadline.clear();
    await cloud.close();
  }
}

function reportText(findings: readonly DoctorFinding[]): string {
  const table = columnsText(
    ['CHECK', '', 'FOUND'],
    findings.map(({ check, verdict, found }) => [check, verdict, found]),
  );
  const advice = findings.flatMap((finding) =>
    finding.advice === undefined ? [] : [`  ${finding.check}: ${finding.advice}\n`],
  );
  return advice.length === 0 ? table : `${table}\nTo do:\n${advice.join('')}`;
}
