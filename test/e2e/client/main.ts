/**
 * A small libmachine client of our own: the demo and the end-to-end tests use it where neither Go nor
 * docker-machine is there. It speaks the plugin RPC, provisions a Debian-like host and keeps docker-machine's
 * store; it knows the commands and options that those two need, and nothing more.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { storeCertificates } from './certificates.js';
import { parseCreate } from './flags.js';
import { list } from './list.js';
import { Plugin } from './plugin.js';
import { provision, sshArguments } from './provision.js';
import { folder, forget, load, names, save, STORE } from './store.js';

const STATES = ['', 'Running', 'Paused', 'Saved', 'Stopped', 'Stopping', 'Starting', 'Error'];

async function main([command = '', ...args]: string[]): Promise<void> {
  const words = args.filter((arg) => !/^--?(y|f|force)$/.test(arg));
  const each = async (work: (plugin: Plugin, name: string) => Promise<void>): Promise<void> => {
    await Promise.all(words.map((name) => withPlugin(name, (plugin) => work(plugin, name))));
  };
  switch (command) {
    case '--version':
      console.log('small libmachine client of docker-machine-driver-nutanix');
      return;
    case 'create':
      return create(args);
    case 'ls':
      return list(args);
    case 'status':
      return each(async (plugin) => console.log(await state(plugin)));
    case 'ip':
      return each(async (plugin) => console.log(await plugin.text('GetIP')));
    case 'url':
      return each(async (plugin) => console.log(await plugin.text('GetURL')));
    case 'config':
      return each(async (plugin, name) => console.log(await dockerOptions(plugin, name)));
    case 'ssh':
      return ssh(args);
    case 'start':
      return each((plugin, name) => power(plugin, name, 'Start', 'Running'));
    case 'stop':
      return each((plugin, name) => power(plugin, name, 'Stop', 'Stopped'));
    case 'kill':
      return each((plugin, name) => power(plugin, name, 'Kill', 'Stopped'));
    case 'restart':
      return each((plugin, name) => power(plugin, name, 'Restart', 'Running'));
    case 'rm':
      return each(async (plugin, name) => {
        console.log(`About to remove ${name}`);
        await plugin.call('Remove');
        forget(name);
        console.log(`Successfully removed ${name}`);
      });
    default:
      throw new Error(`the small client does not know "${command}"`);
  }
}

async function withPlugin<T>(name: string, work: (plugin: Plugin) => Promise<T>): Promise<T> {
  const plugin = await Plugin.start(load(name).Driver);
  try {
    return await work(plugin);
  } finally {
    await plugin.close();
  }
}

async function create(args: readonly string[]): Promise<void> {
  storeCertificates();
  if (args.includes('none')) return; // create-five-hosts.sh wants the certificates made, and nothing else
  const name = args.at(-1) ?? '';
  if (names().includes(name)) throw new Error(`Docker machine "${name}" already exists`);
  const plugin = await Plugin.start({ MachineName: name, StorePath: STORE });
  try {
    const { values, words } = parseCreate(await plugin.createFlags(), args);
    if (words.length !== 1) throw new Error(`one machine name is needed, not ${words.length}`);
    await plugin.setFlags(values);
    console.log('Running pre-create checks...');
    await plugin.call('PreCreateCheck');
    save(name, await plugin.config());
    console.log('Creating machine...');
    await plugin.call('Create');
    save(name, await plugin.config());
    await provision(name, plugin);
    console.log('Docker is up and running!');
  } finally {
    await plugin.close();
  }
}

async function state(plugin: Plugin): Promise<string> {
  return STATES[await plugin.number('GetState')] ?? '';
}

async function power(plugin: Plugin, name: string, method: string, wanted: string): Promise<void> {
  await plugin.call(method);
  for (let tries = 60; (await state(plugin)) !== wanted; tries--) {
    if (tries === 0) throw new Error(`${name} is not ${wanted}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  save(name, await plugin.config());
}

async function dockerOptions(plugin: Plugin, name: string): Promise<string> {
  const [ca, cert, key] = ['ca.pem', 'cert.pem', 'key.pem'].map((file) => join(folder(name), file));
  const host = await plugin.text('GetURL');
  return [
    `--tlsverify`,
    `--tlscacert="${ca}"`,
    `--tlscert="${cert}"`,
    `--tlskey="${key}"`,
    `-H=${host}`,
  ].join('\n');
}

async function ssh([name = '', ...command]: readonly string[]): Promise<void> {
  const args = await withPlugin(name, sshArguments);
  process.exitCode = spawnSync('ssh', [...args, ...command], { stdio: 'inherit' }).status ?? 1;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
