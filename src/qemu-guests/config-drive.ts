import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { guestHostname, type GuestSpec } from '../simulator/index.js';
import { runProgram } from './programs.js';

/**
 * The CD that AHV gives a VM with cloud-init data: a ConfigDrive, version 2, of label `config-2`. cloud-init takes the
 * `uuid` of the meta-data for the instance's id, so it sets a guest up once.
 */
export async function writeConfigDrive(spec: GuestSpec, path: string): Promise<void> {
  const folder = await mkdtemp(join(dirname(path), 'config-drive-'));
  try {
    const latest = join(folder, 'openstack/latest');
    await mkdir(latest, { recursive: true });
    const metaData = { uuid: spec.vmUuid, name: spec.name, hostname: guestHostname(spec) };
    await writeFile(join(latest, 'meta_data.json'), JSON.stringify(metaData));
    if (spec.userData !== undefined) await writeFile(join(latest, 'user_data'), spec.userData);
    const args = ['-quiet', '-V', 'config-2', '-rational-rock', '-joliet', '-o', path, folder];
    await runProgram('genisoimage', { args, attempted: `make the config drive of ${spec.name}` });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
