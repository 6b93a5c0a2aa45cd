import { shellWord } from '../../support/index.js';
import type { System } from '../os/process.js';
import { rootProcess, execute, findProgram } from '../os/execute.js';
import { runShell } from '../shell/index.js';
import { OutputStream, type ByteSink } from '../os/streams.js';
import { list, text, texts } from './narrow.js';

const LOG = '/var/log/cloud-init-output.log';
const DIRECTORY = '/var/lib/cloud/instance/scripts';

/** What scripts print goes to cloud-init's own log. */
function logOutput({ fs }: System): OutputStream {
  const sink: ByteSink = {
    write: (bytes) => {
      const node = fs.openForWriting(LOG, { uid: 0, gid: 0, groups: new Set([0]) });
      if (node.kind === 'file') fs.write(node, node.size, bytes);
      return Promise.resolve();
    },
  };
  return new OutputStream(sink);
}

/** `runcmd` and `bootcmd` as one shell script: texts are commands, lists are words. */
export function commandScript(value: unknown): string {
  const lines = list(value).map((command) => {
    if (typeof command === 'string') return command;
    return Array.isArray(command) ? texts(command).map(shellWord).join(' ') : (text(command) ?? '');
  });
  return ['#!/bin/sh', ...lines, ''].join('\n');
}

/** Runs a script's text with sh, as root; gives its exit status. */
export function runText(system: System, script: string): Promise<number> {
  return runShell(rootProcess(system, ['sh'], logOutput(system)), script, { dialect: 'dash' });
}

/** Writes a script where cloud-init keeps it and runs it; gives its exit status. */
export async function runScript(system: System, name: string, script: string): Promise<number> {
  const path = `${DIRECTORY}/${name.replaceAll('/', '_')}`;
  system.fs.mkdirs(DIRECTORY);
  system.fs.writeFile(path, script).mode = 0o700;
  const process = rootProcess(system, [path], logOutput(system));
  const found = findProgram(process, path);
  return found === undefined ? 127 : execute(process, found);
}
