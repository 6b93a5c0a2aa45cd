/**
 * A small libmachine client of our own: the demo and the end-to-end tests use it where neither Go nor
 * docker-machine is there. It speaks the plugin RPC, provisions a Debian-like host and keeps docker-machine's
 * store; it knows the commands and options that those two need, and nothing more.
 */
import { create, power, remove, withPlugin } from './life.js';
import { list } from './list.js';
import { dockerOptions, environment, inspect, scp, ssh, STATES } from './look.js';
import { provision } from './provision.js';

type Command = (args: readonly string[]) => Promise<void> | void;

/** For each machine named, at the same time. */
function each(work: (name: string) => Promise<unknown>): Command {
  return async (args) => {
    await Promise.all(namesIn(args).map(work));
  };
}

/** Prints one answer for each machine named, in their order. */
function show(answer: (name: string) => Promise<string>): Command {
  return async (args) => {
    for (const text of await Promise.all(namesIn(args).map(answer))) console.log(text);
  };
}

function namesIn(args: readonly string[]): string[] {
  return args.filter((arg) => !arg.startsWith('-'));
}

const again = each((name) => withPlugin(name, (plugin) => provision(name, plugin)));

const COMMANDS: Readonly<Record<string, Command>> = {
  '--version': () => console.log('small docker-machine version 0, client of docker-machine-driver-nutanix'),
  create,
  ls: list,
  status: show((name) => withPlugin(name, async (plugin) => STATES[await plugin.number('GetState')] ?? '')),
  ip: show((name) => withPlugin(name, (plugin) => plugin.text('GetIP'))),
  url: show((name) => withPlugin(name, (plugin) => plugin.text('GetURL'))),
  config: show((name) => withPlugin(name, (plugin) => dockerOptions(name, plugin))),
  env: ([, , name = '']) => environment(name),
  inspect,
  ssh,
  scp,
  start: each((name) => power(name, 'Start', 'Running')),
  stop: each((name) => power(name, 'Stop', 'Stopped')),
  kill: each((name) => power(name, 'Kill', 'Stopped')),
  restart: each((name) => power(name, 'Restart', 'Running')),
  provision: again,
  'regenerate-certs': again,
  rm: (args) => remove(namesIn(args)),
};

async function main([command = '', ...args]: string[]): Promise<void> {
  const run = COMMANDS[command];
  if (run === undefined) throw new Error(`the small client does not know "${command}"`);
  await run(args);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
