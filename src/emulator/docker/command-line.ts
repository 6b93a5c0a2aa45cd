import type { Process, ProgramOf } from '../os/process.js';
import { UsageError } from '../os/execute.js';
import { parseOptions } from '../programs/index.js';
import { answer } from './api.js';
import type { Docker } from './docker.js';
import { infoBody, versionBody } from './engine-facts.js';
import { apiVersionOf, GIT_COMMIT, type Engine } from './engine.js';

/** A Go template as users give it to `--format`: `{{.A.B}}` and `{{json .A}}`; all else is printed as it is. */
export function renderTemplate(template: string, values: unknown): string {
  return template.replace(
    /\{\{\s*(json\s+)?(\.[\w.]*)\s*\}\}/g,
    (_whole, asJson: string | undefined, path: string) => {
      const value = path
        .split('.')
        .filter((name) => name !== '')
        .reduce<unknown>((current, name) => property(current, name), values);
      if (value === undefined) return '<no value>';
      const plain = asJson === undefined && (typeof value === 'string' || typeof value === 'number');
      return plain ? String(value) : JSON.stringify(value);
    },
  );
}

function property(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

const SOCKET = 'unix:///var/run/docker.sock';

/** The docker command line: version, info, ps, images, and what an engine without containers answers. */
const docker: ProgramOf<Docker> = async (process, installation) => {
  const version = installation.installedVersion('command-line') ?? '0.0.0';
  const global = parseOptions(process.args, 'v|version', { stopAtOperand: true, status: 125 });
  if (global.has('v')) {
    await process.stdout.line(`Docker version ${version}, build ${GIT_COMMIT}`);
    return 0;
  }
  const [command = 'help', ...words] = global.operands;
  if (command === 'version') return showVersion(process, installation.engine, version, words);
  const engine = await connect(process, installation.engine);
  if (engine === undefined) return 1;
  return run(process, engine, command, words);
};

async function run(
  process: Process,
  engine: Engine,
  command: string,
  words: readonly string[],
): Promise<number> {
  switch (command) {
    case 'info':
      return showInfo(process, engine, words);
    case 'ps':
      return header(process, words, 'CONTAINER ID   IMAGE     COMMAND   CREATED   STATUS    PORTS     NAMES');
    case 'images':
      return header(process, words, 'REPOSITORY   TAG       IMAGE ID   CREATED   SIZE');
    default: {
      const { body } = answer(engine, { method: 'POST', url: '/containers/create' });
      const message = /"message":"([^"]*)"/.exec(body)?.[1] ?? body;
      throw new UsageError(`Error response from daemon: ${message} (docker ${command})`, 125);
    }
  }
}

/** `docker ps` and `docker images`: a table without rows. */
async function header(process: Process, words: readonly string[], text: string): Promise<number> {
  const table = 'a|all q|quiet';
  const options = parseOptions(['docker', ...words], table, { status: 125 });
  if (!options.has('q')) await process.stdout.line(text);
  return 0;
}

/** The engine behind the guest's socket, or undefined with the client's usual complaint. */
async function connect(process: Process, engine: Engine | undefined): Promise<Engine | undefined> {
  const { accounts } = process.system;
  if (engine?.options.unix !== true) {
    await process.stderr.line(
      `Cannot connect to the Docker daemon at ${SOCKET}. Is the docker daemon running?`,
    );
    return undefined;
  }
  const group = accounts.groups().find(({ name }) => name === 'docker')?.gid;
  if (process.user.uid === 0 || (group !== undefined && process.user.groups.has(group))) return engine;
  await process.stderr.line(
    `permission denied while trying to connect to the Docker daemon socket at ${SOCKET}: ` +
      'dial unix /var/run/docker.sock: connect: permission denied',
  );
  return undefined;
}

async function showVersion(
  process: Process,
  running: Engine | undefined,
  version: string,
  words: readonly string[],
): Promise<number> {
  const options = parseOptions(['docker version', ...words], 'f|format:');
  const format = options.value('f');
  const client = {
    Version: version,
    ApiVersion: apiVersionOf(version),
    GitCommit: GIT_COMMIT,
    Os: 'linux',
    Arch: 'amd64',
    Context: 'default',
  };
  if (format === undefined) {
    await process.stdout.write(
      `Client: Docker Engine - emulated guest\n Version:           ${client.Version}\n` +
        ` API version:       ${client.ApiVersion}\n Git commit:        ${GIT_COMMIT}\n OS/Arch:           linux/amd64\n` +
        ' Context:           default\n',
    );
  }
  const engine = await connect(process, running);
  if (engine === undefined) return 1;
  const server = versionBody(engine);
  if (format !== undefined) return say(process, renderTemplate(format, { Client: client, Server: server }));
  await process.stdout.write(
    `\nServer: Docker Engine - emulated guest\n Engine:\n  Version:          ${engine.version}\n` +
      `  API version:      ${engine.apiVersion} (minimum version 1.24)\n  Git commit:       ${GIT_COMMIT}\n` +
      '  OS/Arch:          linux/amd64\n  Experimental:     false\n',
  );
  return 0;
}

async function showInfo(process: Process, engine: Engine, words: readonly string[]): Promise<number> {
  const options = parseOptions(['docker info', ...words], 'f|format:');
  const body = infoBody(engine);
  const format = options.value('f');
  if (format !== undefined) return say(process, renderTemplate(format, body));
  const { spec, distribution, hostname } = process.system;
  const labels = engine.options.labels.map((label) => `  ${label}\n`).join('');
  await process.stdout.write(
    `Client:\n Context:    default\n\nServer:\n Containers: 0\n Images: 0\n Server Version: ${engine.version}\n` +
      ` Storage Driver: ${engine.options.storageDriver}\n Swarm: inactive\n Kernel Version: ${distribution.kernel}\n` +
      ` Operating System: ${distribution.prettyName}\n OSType: linux\n Architecture: x86_64\n CPUs: ${spec.cpus}\n` +
      ` Total Memory: ${spec.memoryMiB}MiB\n Name: ${hostname}\n ID: ${engine.id}\n` +
      ` Docker Root Dir: ${engine.options.dataRoot}\n Labels:\n${labels}  emulated=true\n`,
  );
  return 0;
}

async function say(process: Process, text: string): Promise<number> {
  await process.stdout.line(text);
  return 0;
}

export const dockerPrograms: Readonly<Record<string, ProgramOf<Docker>>> = { docker };
