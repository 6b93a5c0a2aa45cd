import { appendFileSync, writeFileSync } from 'node:fs';
import { runPlugin, type PluginProcess } from '../../src/libmachine/index.js';
import { thisProcess } from '../../src/libmachine/plugin/plugin-process.js';
import type { LineSink } from '../../src/logging/index.js';
import { FakeCloud } from './fake-cloud.js';
import { aborted } from '../session/fake-hosts.js';

/*
 * The plugin as a process of its own with a fake cloud. Start logs a flood; Create waits until it is aborted
 * and then notes its clean-up in the file $CLEANED; the modules loaded at the address line go to $MODULES.
 */

const cloud = new FakeCloud();
const { acts } = cloud.hosts;
acts.start = (context) => {
  for (let count = 0; count < 20_000; count += 1) context.progress(`${String(count)} ${'.'.repeat(90)}`);
  return Promise.resolve();
};
acts.create = async (context) => {
  context.progress('creating');
  await aborted(context);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const file = process.env['CLEANED'];
  if (file !== undefined) appendFileSync(file, 'cleaned up\n');
  throw new Error('aborted');
};

function noteModules(): void {
  const file = process.env['MODULES'];
  if (file === undefined) return;
  const builtin: unknown = 'moduleLoadList' in process ? process.moduleLoadList : [];
  writeFileSync(file, JSON.stringify({ files: Object.keys(require.cache), builtin }));
}

const noting: PluginProcess = {
  ...thisProcess,
  output: (descriptor) => {
    const sink = thisProcess.output(descriptor);
    const watched: LineSink = {
      get broken() {
        return sink.broken;
      },
      write: (line, mayBeLost) => {
        if (descriptor === 1) noteModules();
        sink.write(line, mayBeLost);
      },
      flush: (limit) => sink.flush(limit),
    };
    return process.env['MODULES'] === undefined ? sink : watched;
  },
};

void runPlugin({ cloud, version: '0.0.0', process: noting }).then((code) => process.exit(code));
