import { resolve } from 'node:url';
import Docker from 'dockerode';
import { OperationError } from '../../../support/index.js';
import { engineError, hasStatus } from './engine-error.js';
import { HARDWARE_FORM, HARDWARE_LABEL } from './labels.js';

/** Where `docker` itself looks when nothing is said. */
const DEFAULT_DOCKER_HOST = 'unix:///var/run/docker.sock';
/** How long one call may go without an answer, ms: a stuck engine must not hold the simulator. */
const CALL_LIMIT = 60_000;

/** A Docker engine: `calls` ends a call that gets no answer, `waits` is for calls that last as long as a guest. */
export interface Engine {
  readonly address: string;
  readonly calls: Docker;
  readonly waits: Docker;
}

/** Builds the clients; connects to nothing. Throws OperationError `invalid-input` for an address of no use. */
export function engineAt(dockerHost: string | undefined): Engine {
  const address = dockerHost === undefined || dockerHost === '' ? DEFAULT_DOCKER_HOST : dockerHost;
  spendUrlWarning();
  const target = targetOf(address);
  return { address, calls: new Docker({ ...target, timeout: CALL_LIMIT }), waits: new Docker(target) };
}

/**
 * dockerode parses URLs with `url.parse`, of which newer versions of Node warn at the first call in a process. The user
 * can do nothing about that, so the first call, which `url.resolve` makes, is made here, unheard; all other warnings stay.
 */
function spendUrlWarning(): void {
  const { noDeprecation = false } = process;
  process.noDeprecation = true;
  resolve('', '');
  process.noDeprecation = noDeprecation;
}

function targetOf(address: string): Docker.DockerOptions {
  const socketPath = /^unix:\/\/(\/.+)$/.exec(address)?.[1];
  if (socketPath !== undefined) return { socketPath };
  const [, host, port] = /^(?:tcp|http):\/\/([^/:]+|\[[0-9a-f:]+\]):(\d+)\/?$/i.exec(address) ?? [];
  if (host !== undefined) return { protocol: 'http', host, port: Number(port) };
  throw new OperationError({
    code: 'invalid-input',
    attempted: 'read the address of the Docker engine',
    problem: `"${address}" is neither unix:///PATH nor tcp://HOST:PORT`,
    advice: 'Guests are reached over the bridges of an engine on this machine; name its socket.',
  });
}

/**
 * Makes sure that guests can be made before the first VM asks for one. Rejects with an OperationError when no
 * engine answers or it has not got the right image. Resolves with the engine's number of CPUs.
 */
export async function checkEngine(engine: Engine, image: string): Promise<{ readonly cpus: number }> {
  const attempted = `use the Docker engine at ${engine.address} for guests`;
  const wrongImage = (problem: string, cause?: unknown): OperationError => {
    const advice = 'Build it with `make guest-image` (with the same DOCKER_HOST).';
    return new OperationError({ code: 'not-found', attempted, problem, advice, cause });
  };
  try {
    const info: unknown = await engine.calls.info();
    const found = await engine.calls.getImage(image).inspect();
    if (hardwareForm(found.Config) !== HARDWARE_FORM) {
      throw wrongImage(`its image ${image} is of another version`);
    }
    return { cpus: cpusOf(info) };
  } catch (error) {
    throw hasStatus(error, 404)
      ? wrongImage(`it has no image ${image}`, error)
      : engineError(attempted, error);
  }
}

/** An image without labels has null for them, whatever the types say. */
function hardwareForm(config: {
  readonly Labels?: Readonly<Record<string, string>> | null;
}): string | undefined {
  return config.Labels?.[HARDWARE_LABEL];
}

function cpusOf(info: unknown): number {
  const cpus = typeof info === 'object' && info !== null && 'NCPU' in info ? info.NCPU : undefined;
  return typeof cpus === 'number' && cpus > 0 ? cpus : 1;
}
