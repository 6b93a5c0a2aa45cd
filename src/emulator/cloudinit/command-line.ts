import type { Process, ProgramOf } from '../os/process.js';
import { isOlder } from '../os/distribution.js';
import { parseOptions } from '../programs/index.js';
import type { CloudInitStatus } from './status.js';

/** Since this version survivable faults show as exit status 2. */
const FIRST_WITH_DEGRADED = '23.4';

/** `cloud-init status [--wait] [--long] [--format json]`, `--version`. */
const cloudInit: ProgramOf<CloudInitStatus> = async (process, status) => {
  const options = parseOptions(process.args, 'wait|w long|l format: version|v');
  const { system } = process;
  if (options.has('version')) {
    await process.stdout.line(`/usr/bin/cloud-init ${system.distribution.cloudInitVersion}-emulated`);
    return 0;
  }
  const [verb] = options.operands;
  if (verb !== 'status') {
    await process.stderr.line('usage: /usr/bin/cloud-init [-h] [--version] {status} ...');
    return 2;
  }
  if (options.has('wait')) await status.finished(process.signal);
  return report(process, status, options.has('long'), options.value('format') === 'json');
};

async function report(
  process: Process,
  status: CloudInitStatus,
  long: boolean,
  json: boolean,
): Promise<number> {
  const { distribution } = process.system;
  const { errors, warnings, dataSource } = status;
  const done = status.state === 'done';
  const word = done && errors.length > 0 ? 'error' : status.state;
  const degraded =
    done && warnings.length > 0 && !isOlder(distribution.cloudInitVersion, FIRST_WITH_DEGRADED);
  const extended = degraded ? `degraded ${word}` : word;
  const code = word === 'error' ? 1 : degraded ? 2 : 0;
  if (json) {
    const body = {
      status: word,
      extended_status: extended,
      detail: dataSource,
      errors,
      recoverable_errors: { WARNING: warnings },
    };
    await process.stdout.line(JSON.stringify(body, undefined, 2));
    return code;
  }
  await process.stdout.line(`status: ${word}`);
  if (!long) return code;
  await process.stdout.line(
    `extended_status: ${extended}\nboot_status_code: enabled-by-generator\ndetail: ${dataSource}`,
  );
  await process.stdout.line(
    errors.length === 0 ? 'errors: []' : ['errors:', ...errors.map((each) => `\t- ${each}`)].join('\n'),
  );
  const faults = warnings.map((each) => `\t\t- ${each}`).join('\n');
  await process.stdout.line(
    warnings.length === 0 ? 'recoverable_errors: {}' : `recoverable_errors:\n\tWARNING:\n${faults}`,
  );
  return code;
}

export const cloudInitPrograms: Readonly<Record<string, ProgramOf<CloudInitStatus>>> = {
  'cloud-init': cloudInit,
};
