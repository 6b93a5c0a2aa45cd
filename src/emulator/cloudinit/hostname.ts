import type { System } from '../os/process.js';
import type { Instance } from './instance.js';
import { text, truth, type Mapping } from './narrow.js';

/** `hostname`, `fqdn`, `manage_etc_hosts`: the name from user-data, else from meta-data. */
export function applyHostname(system: System, config: Mapping, instance: Instance): void {
  const { fs } = system;
  const fqdn = text(config['fqdn']);
  const hostname = text(config['hostname']) ?? fqdn?.split('.')[0] ?? instance.hostname;
  if (!truth(config['preserve_hostname'], false)) {
    fs.writeFile('/etc/hostname', `${hostname}\n`);
    system.hostname = hostname;
  }
  if (text(config['manage_etc_hosts']) === undefined || config['manage_etc_hosts'] === false) return;
  const names = fqdn === undefined ? hostname : `${fqdn} ${hostname}`;
  const others = fs
    .readText('/etc/hosts')
    .split('\n')
    .filter((line) => !line.startsWith('127.0.1.1'));
  fs.writeFile('/etc/hosts', ['127.0.1.1 ' + names, ...others].join('\n'));
}
