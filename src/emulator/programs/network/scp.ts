import { absolute, basename, Errno, isErrno, join, mayAccess, READ } from '../../filesystem/index.js';
import type { Process, Program } from '../../os/process.js';
import { UsageError } from '../../os/execute.js';
import { parseOptions } from '../options.js';

const OK = Buffer.from([0]);
const MAX_FILE = 64 * 1024 * 1024;

/** The remote end of the old scp protocol: `scp -t TARGET` takes files, `scp -f FILE` gives them. */
const scp: Program = async (process) => {
  const options = parseOptions(process.args, 't f r p d v q');
  const input = new ExactInput(process);
  if (options.has('t')) return receive(process, input, options.operands[0] ?? '.');
  if (options.has('f')) return send(process, input, options.operands, options.has('r'));
  throw new UsageError('an emulated guest cannot copy to other machines');
};

/** Reads an exact number of bytes, or a line, from the standard input. */
class ExactInput {
  readonly #process: Process;

  #buffered = Buffer.alloc(0);

  constructor(process: Process) {
    this.#process = process;
  }

  async line(): Promise<string | undefined> {
    while (!this.#buffered.includes(10)) if (!(await this.#more())) return undefined;
    const end = this.#buffered.indexOf(10);
    const line = this.#buffered.subarray(0, end).toString('utf8');
    this.#buffered = this.#buffered.subarray(end + 1);
    return line;
  }

  async bytes(count: number): Promise<Buffer> {
    while (this.#buffered.length < count) if (!(await this.#more())) throw new Errno('EPIPE');
    const bytes = this.#buffered.subarray(0, count);
    this.#buffered = this.#buffered.subarray(count);
    return bytes;
  }

  async #more(): Promise<boolean> {
    const chunk = await this.#process.stdin.read();
    if (chunk === undefined) return false;
    this.#buffered = Buffer.concat([this.#buffered, chunk]);
    return true;
  }
}

async function receive(process: Process, input: ExactInput, target: string): Promise<number> {
  const { fs } = process.system;
  const path = absolute(process.cwd, target);
  const directories = [fs.find(path, process.user)?.kind === 'directory' ? path : undefined];
  await process.stdout.write(OK);
  for (let line = await input.line(); line !== undefined; line = await input.line()) {
    const [, kind, mode = '644', size = '0', name = ''] = /^([CD])([0-7]{3,5}) (\d+) (.+)$/.exec(line) ?? [];
    const directory = directories.at(-1);
    const destination = directory === undefined ? path : join(directory, basename(name));
    try {
      if (kind === 'C') await receiveFile(process, input, destination, Number(size), parseInt(mode, 8));
      else if (kind === 'D') directories.push(enter(process, destination));
      else if (line === 'E') directories.pop();
      else if (!line.startsWith('T')) throw new Errno('EINVAL');
      await process.stdout.write(OK);
    } catch (error) {
      if (!isErrno(error) || error.code === 'EPIPE') throw error;
      await process.stdout.write(`\x01scp: ${destination}: ${error.message}\n`);
      return 1;
    }
  }
  return 0;
}

async function receiveFile(
  process: Process,
  input: ExactInput,
  path: string,
  size: number,
  mode: number,
): Promise<void> {
  if (size > MAX_FILE) throw new Errno('EFBIG');
  process.system.fs.openForWriting(path, process.user, { mode, truncate: true });
  await process.stdout.write(OK);
  const content = Buffer.from(await input.bytes(size));
  await input.bytes(1);
  process.system.fs.writeFile(path, content, process.user, mode);
}

function enter(process: Process, path: string): string {
  process.system.fs.mkdirs(path, process.user);
  return path;
}

async function send(
  process: Process,
  input: ExactInput,
  operands: readonly string[],
  recursive: boolean,
): Promise<number> {
  await input.bytes(1);
  let status = 0;
  for (const operand of operands) {
    try {
      await sendOne(process, input, absolute(process.cwd, operand), recursive);
    } catch (error) {
      if (!isErrno(error) || error.code === 'EPIPE') throw error;
      await process.stdout.write(`\x01scp: ${operand}: ${error.message}\n`);
      status = 1;
    }
  }
  return status;
}

async function sendOne(process: Process, input: ExactInput, path: string, recursive: boolean): Promise<void> {
  const node = process.system.fs.lookup(path, process.user);
  if (!mayAccess(node, process.user, READ)) throw new Errno('EACCES');
  const mode = (node.mode & 0o7777).toString(8).padStart(4, '0');
  if (node.kind === 'directory') {
    if (!recursive) throw new Errno('EISDIR');
    await process.stdout.write(`D${mode} 0 ${basename(path)}\n`);
    await input.bytes(1);
    for (const name of node.entries.keys()) await sendOne(process, input, join(path, name), recursive);
    await process.stdout.write('E\n');
    await input.bytes(1);
    return;
  }
  if (node.kind !== 'file') throw new Errno('EINVAL');
  const content = node.read();
  await process.stdout.write(`C${mode} ${content.length} ${basename(path)}\n`);
  await input.bytes(1);
  await process.stdout.write(content);
  await process.stdout.write(OK);
  await input.bytes(1);
}

export const scpPrograms: Readonly<Record<string, Program>> = { scp };
