import {
  backoff,
  hasCode,
  KeyedQueue,
  poll,
  type Clock,
  type Logger,
  type Probed,
} from '../../support/index.js';
import type { EngineApi, EngineContainer } from './engine-api.js';

/** How many containers are started at a time: a Prism Central that has just come back gets no rush. */
const LANES = 4;
const PAUSES = { first: 3000, growth: 1.6, longest: 60_000 } as const;
/** With these the engine itself starts a container whenever it starts. `on-failure` promises a number of attempts. */
const ALWAYS: ReadonlySet<string> = new Set(['always', 'unless-stopped']);
/** A swarm replaces its tasks by itself. */
const SWARM_LABELS = ['com.docker.swarm.task', 'com.docker.swarm.task.id'];
/** How an engine's error begins when a volume of any driver could not be mounted (20.10.24, 26.1.5, 28.5.2). */
const MOUNT_FAILED = 'error while mounting volume ';
/** What is shown of a text of the engine, characters. */
const LONGEST_TEXT = 2000;

export interface LeftContainersParts {
  readonly engine: Pick<EngineApi, 'exited' | 'container' | 'start'>;
  /** The plugin's name as the engine knows it; a managed plugin has a tag behind it. */
  readonly driver: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** 0 <= n < 1, for the length of pauses. */
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/**
 * Starts the containers that the start of the engine has left down because a volume of the driver could not be mounted: an
 * engine tries once, and never again (findings/docker-failed-mount.sh). Resolves when there are none; rejects when the
 * signal is aborted. A container is let go as soon as it runs, was removed, or is down for another reason. One that was
 * never started (`created`) is not looked at: engines do not start those either.
 *
 * An engine that answers has tried all: it opens its socket only then.
 */
export async function startLeftContainers(parts: LeftContainersParts): Promise<void> {
  const work = new LeftContainers(parts);
  // Looks again behind it: the engine may have been started again meanwhile.
  while (await work.round());
}

class LeftContainers {
  readonly #parts: LeftContainersParts;
  readonly #lanes = new KeyedQueue<number>();
  #isSilent = false;

  constructor(parts: LeftContainersParts) {
    this.#parts = parts;
  }

  /** False when nothing was left down. */
  async round(): Promise<boolean> {
    const { engine, driver } = this.#parts;
    const listed = await this.#polled(false, async () => await this.#asked(() => engine.exited()));
    const candidates = listed.filter(({ volumeDrivers }) => isOf(driver, volumeDrivers));
    const wereLeft = await Promise.all(
      candidates.map(async ({ id }, index) => await this.#bringUp(id, index % LANES)),
    );
    return wereLeft.includes(true);
  }

  /** False when it was not left down. */
  async #bringUp(id: string, lane: number): Promise<boolean> {
    const { engine, driver, log } = this.#parts;
    const inLane = async <T>(ask: () => Promise<T>): Promise<Probed<T>> =>
      await this.#lanes.run(lane, async () => await this.#asked(ask));
    const found = await this.#polled(false, async () => await inLane(() => engine.container(id)));
    if (found === undefined || whyNot(found, driver) !== undefined) return false;
    const named = `container "${shown(found.name)}"`;
    log.warn(`${named} was left down by the engine, and is started until it runs: ${shown(found.error)}`);
    let told = comparable(found.error);
    await this.#polled(true, async (attempt) => {
      const probed = await inLane(() => this.#attempt(id));
      if (!probed.ready) return probed;
      const { outcome, text } = probed.value;
      if (outcome === 'left down') {
        if (comparable(text) !== told) log.warn(`${named} cannot be started yet: ${shown(text)}`);
        told = comparable(text);
        return { ready: false };
      }
      if (outcome === 'runs') log.info(`${named} runs, at attempt ${attempt}`);
      else log.info(`${named} is not started any more: ${shown(text)}`);
      return { ready: true, value: undefined };
    });
    return true;
  }

  /** Looks at the container first: a user may have changed it in the pause. */
  async #attempt(id: string): Promise<Attempt> {
    const { engine, driver, signal } = this.#parts;
    signal.throwIfAborted();
    const before = whyNot(await engine.container(id), driver);
    if (before !== undefined) return { outcome: 'let go', text: before };
    const refusal = await engine.start(id);
    if (refusal === undefined) return { outcome: 'runs', text: '' };
    const after = whyNot(await engine.container(id), driver);
    return after === undefined ? { outcome: 'left down', text: refusal } : { outcome: 'let go', text: after };
  }

  /** What an engine answers; not ready while it does not, which is told once. */
  async #asked<T>(ask: () => Promise<T>): Promise<Probed<T>> {
    const { log, signal } = this.#parts;
    try {
      const value = await ask();
      if (this.#isSilent) log.info('the engine answers again');
      this.#isSilent = false;
      return { ready: true, value };
    } catch (error) {
      signal.throwIfAborted();
      if (!hasCode(error, 'unreachable', 'timeout', 'unexpected-response')) throw error;
      if (!this.#isSilent) log.warn(`${shown(error.message)}; it is asked again`);
      this.#isSilent = true;
      return { ready: false };
    }
  }

  async #polled<T>(pauseFirst: boolean, probe: (attempt: number) => Promise<Probed<T>>): Promise<T> {
    const { clock, signal, random } = this.#parts;
    const delays = backoff({ ...PAUSES, jitter: { share: 0.2, random } });
    return await poll(probe, { clock, signal, delays, pauseFirst });
  }
}

interface Attempt {
  readonly outcome: 'runs' | 'left down' | 'let go';
  /** Why not, in the engine's words or in ours. */
  readonly text: string;
}

/** Why a container is not ours to start; undefined = the engine has left it down for want of a volume. */
function whyNot(container: EngineContainer | undefined, driver: string): string | undefined {
  if (container === undefined) return 'it was removed';
  const { status, error, restartPolicy, labels, volumeDrivers } = container;
  if (status !== 'exited') return `it is ${status}`;
  if (!ALWAYS.has(restartPolicy)) return `its restart policy is ${restartPolicy || 'no'}`;
  if (SWARM_LABELS.some((label) => labels.has(label))) return 'it is a task of a swarm';
  if (!isOf(driver, volumeDrivers)) return `it has no volume of ${driver}`;
  // A start that succeeds clears the error, so a container that a user stopped has none.
  if (error === '') return 'it was started, and has ended since';
  return error.startsWith(MOUNT_FAILED) ? undefined : `its start failed otherwise: ${error}`;
}

function isOf(driver: string, volumeDrivers: readonly string[]): boolean {
  return volumeDrivers.some((name) => name === driver || name.startsWith(`${driver}:`));
}

function shown(text: string): string {
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
}

/** Times and ids in an error make no other error of it. */
function comparable(error: string): string {
  return error.replaceAll(/[0-9a-f]{8,}|\d+/g, '#');
}
