import { storeCertificates } from './certificates.js';
import { parseCreate } from './flags.js';
import { STATES } from './look.js';
import { Plugin } from './plugin.js';
import { provision } from './provision.js';
import { forget, load, names, save, STORE } from './store.js';

const TRIES = 60;
const PAUSE = 500;

/** Runs the plugin of a stored machine for as long as `work` takes. */
export async function withPlugin<T>(name: string, work: (plugin: Plugin) => Promise<T>): Promise<T> {
  const plugin = await Plugin.start(load(name).Driver);
  try {
    return await work(plugin);
  } finally {
    await plugin.close();
  }
}

/** In docker-machine's order: the configuration is saved before Create, and after it. */
export async function create(args: readonly string[]): Promise<void> {
  storeCertificates();
  const name = args.at(-1) ?? '';
  if (args.includes('none')) {
    save(name, '{}', { driverName: 'none' }); // create-five-hosts.sh wants the certificates made, and nothing else
    return;
  }
  if (names().includes(name)) throw new Error(`Docker machine "${name}" already exists`);
  const plugin = await Plugin.start({ MachineName: name, StorePath: STORE });
  try {
    const { values, labels, words } = parseCreate(await plugin.createFlags(), args);
    if (words.length !== 1) throw new Error(`one machine name is needed, not ${words.length}`);
    await plugin.setFlags(values);
    console.log('Running pre-create checks...');
    await plugin.call('PreCreateCheck');
    save(name, await plugin.config(), { labels });
    console.log('Creating machine...');
    await plugin.call('Create');
    save(name, await plugin.config());
    await provision(name, plugin);
    console.log('Docker is up and running!');
  } finally {
    await plugin.close();
  }
}

/** Start, Stop, Kill or Restart, then waits until the state is reached. */
export function power(name: string, method: string, wanted: string): Promise<void> {
  return withPlugin(name, async (plugin) => {
    await plugin.call(method);
    for (let tries = TRIES; STATES[await plugin.number('GetState')] !== wanted; tries--) {
      if (tries === 0) throw new Error(`${name} is not ${wanted}`);
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
    save(name, await plugin.config());
  });
}

export async function remove(machines: readonly string[]): Promise<void> {
  for (const name of machines) {
    if (load(name).DriverName !== 'none') await withPlugin(name, (plugin) => plugin.call('Remove'));
    forget(name);
    console.log(`Successfully removed ${name}`);
  }
}
