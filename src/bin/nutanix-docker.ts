#!/usr/bin/env node
import { basename } from 'node:path';

interface Program {
  readonly name: string;
  /** What it is called behind the name of this executable. */
  readonly word: string;
  /** The environment variable that its clients set, if it is a plugin. */
  readonly cookie?: string;
  run(): Promise<unknown>;
}

/** Every program, for the one executable that is all of them. Each is loaded alone: a client waits for the driver's start. */
const programs: readonly Program[] = [
  {
    name: 'docker-machine-driver-nutanix',
    word: 'driver',
    cookie: 'MACHINE_PLUGIN_TOKEN',
    run: () => import('./docker-machine-driver-nutanix.js'),
  },
  { name: 'nutanix-hosts', word: 'hosts', run: () => import('./nutanix-hosts.js') },
  { name: 'nutanix-volume', word: 'volume', run: () => import('./nutanix-volume.js') },
  {
    name: 'fleeting-plugin-nutanix',
    word: 'fleeting',
    cookie: 'FLEETING_INSTANCE_GROUP_PLUGIN',
    run: () => import('./fleeting-plugin-nutanix.js'),
  },
  { name: 'prism-simulator', word: 'simulator', run: () => import('./prism-simulator.js') },
];

/**
 * What it was called by decides, also `docker-machine-driver-nutanix-linux-arm64` or `nutanix-hosts.exe`; else its first
 * argument; else a client has said that it is its plugin.
 */
async function main(): Promise<void> {
  const called = basename(process.argv0);
  const byName = programs.find(({ name }) => called.startsWith(name));
  if (byName !== undefined) {
    await byName.run();
    return;
  }
  const word = process.argv[2] ?? '';
  const byWord = programs.find((program) => program.name === word || program.word === word);
  const byCookie = programs.find(({ cookie = '' }) => process.env[cookie] !== undefined);
  if (byWord !== undefined) {
    process.argv.splice(2, 1);
    await byWord.run();
  } else if (word === '' && byCookie !== undefined) {
    await byCookie.run();
  } else {
    await answer(word);
  }
}

async function answer(word: string): Promise<void> {
  const { VERSION } = await import('../process/index.js');
  if (word === '--version' || word === '-V') {
    process.stdout.write(`nutanix-docker ${VERSION}\n`);
    return;
  }
  const isHelp = word === '--help' || word === '-h' || word === 'help';
  const lines = [
    ...(isHelp || word === '' ? [] : [`nutanix-docker: there is no ${JSON.stringify(word)}`, '']),
    'Usage: nutanix-docker PROGRAM [ARGUMENT...]',
    '',
    'One executable that is several programs: named as one of them, or linked by its name, it is that one.',
    '',
    ...programs.map((program) => `  ${program.word.padEnd(10)} ${program.name}`),
    '',
    'nutanix-docker PROGRAM --help tells more.',
  ];
  (isHelp ? process.stdout : process.stderr).write(`${lines.join('\n')}\n`);
  process.exitCode = isHelp ? 0 : 2;
}

void main();
