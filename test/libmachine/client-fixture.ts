import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { FLAGS, PluginClient } from './plugin-client.js';

/** A client that starts the plugin given by its arguments, calls Create, and says the plugin's process id. */
async function main(): Promise<void> {
  const [program = '', ...rest] = process.argv.slice(2);
  const plugin = spawn(program, rest, { stdio: ['ignore', 'pipe', 'ignore'] });
  const lines = createInterface(plugin.stdout)[Symbol.asyncIterator]();
  const address: unknown = (await lines.next()).value;
  const client = await PluginClient.connect(String(address));
  await client.setConfig({ MachineName: 'web-1', StorePath: '/store' });
  await client.setFlags(FLAGS);
  void client.call('Create');
  await lines.next();
  process.stdout.write(String(plugin.pid));
}

void main();
