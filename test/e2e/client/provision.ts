import { spawnSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { serverCertificate, storeCertificates } from './certificates.js';
import type { Plugin } from './plugin.js';
import { CERTIFICATES, engineLabels, folder } from './store.js';

/** Options of the system's ssh and scp, as docker-machine gives them. */
export async function sshOptions(plugin: Plugin): Promise<string[]> {
  const [port, key] = [await plugin.number('GetSSHPort'), await plugin.text('GetSSHKeyPath')];
  const options = [
    ...['BatchMode=yes', 'StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=quiet'],
    ...['IdentitiesOnly=yes', `Port=${port}`],
  ];
  return [...options.flatMap((option) => ['-o', option]), '-i', key];
}

export async function sshAddress(plugin: Plugin): Promise<string> {
  return `${await plugin.text('GetSSHUsername')}@${await plugin.text('GetSSHHostname')}`;
}

/** Gives the engine its certificates and makes it listen, then waits until it answers. */
export async function provision(name: string, plugin: Plugin): Promise<void> {
  const ssh = [...(await sshOptions(plugin)), await sshAddress(plugin)];
  const ip = await plugin.text('GetIP');
  const { ca, client } = storeCertificates();
  const server = serverCertificate([ip, '127.0.0.1']);
  const labels = engineLabels(name).map((label) => ` --label ${label}`);
  const unit = [
    '[Service]',
    'ExecStart=',
    'ExecStart=/usr/bin/dockerd -H tcp://0.0.0.0:2376 -H unix:///var/run/docker.sock --tlsverify ' +
      '--tlscacert /etc/docker/ca.pem --tlscert /etc/docker/server.pem --tlskey /etc/docker/server-key.pem' +
      labels.join(''),
    '',
  ].join('\n');
  const files = {
    '/etc/docker/ca.pem': ca.certificate,
    '/etc/docker/server.pem': server.certificate,
    '/etc/docker/server-key.pem': server.key,
    '/etc/systemd/system/docker.service.d/10-machine.conf': unit,
  };
  const onHost = (command: string): void => {
    const { status, stderr } = spawnSync('ssh', [...ssh, command], { encoding: 'utf8' });
    if (status !== 0)
      throw new Error(`on ${name}: ${command.slice(0, 80)} ended with ${String(status)}: ${stderr}`);
  };
  onHost('if ! type docker; then curl -sSL https://get.docker.com | sh -; fi');
  onHost('sudo mkdir -p /etc/docker /etc/systemd/system/docker.service.d');
  for (const [path, text] of Object.entries(files))
    onHost(`printf %s '${text}' | sudo tee ${path} >/dev/null`);
  onHost('sudo systemctl daemon-reload && sudo systemctl -f restart docker');

  for (const file of ['ca.pem', 'cert.pem', 'key.pem'])
    copyFileSync(join(CERTIFICATES, file), join(folder(name), file));
  writeFileSync(join(folder(name), 'server.pem'), server.certificate);
  for (let tries = 60; ; tries--) {
    const version = await engineVersion(ip, ca.certificate, client).catch(() => undefined);
    if (version !== undefined) return;
    if (tries === 0) throw new Error(`the engine of ${name} does not answer`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** Version of the engine at an address, by the Docker API. */
export function engineVersion(
  ip: string,
  ca: string,
  client: { certificate: string; key: string },
): Promise<string> {
  const options = { host: ip, port: 2376, path: '/version', ca, cert: client.certificate, key: client.key };
  return new Promise((resolve, reject) => {
    const call = request({ ...options, timeout: 5_000 }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => {
        const answer: unknown = JSON.parse(text);
        resolve(answer instanceof Object && 'Version' in answer ? `v${String(answer.Version)}` : '');
      });
    });
    call.on('error', reject);
    call.on('timeout', () => call.destroy(new Error('no answer')));
    call.end();
  });
}
