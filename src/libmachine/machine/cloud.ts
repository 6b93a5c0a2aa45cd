import type { HostLifecycle } from '../../host/index.js';
import type { Connection, Provider } from '../../provider/index.js';
import { OperationError, type Clock, type Logger } from '../../support/index.js';
import type { ConfigValues } from '../../settings/index.js';
import { connectionOf } from '../../settings/index.js';
import type { Redactor } from '../../logging/index.js';
import type { Environment } from '../../settings/index.js';

/** What is plugged in from outside. All load their code only when they are called: start-up must not pay. */
export interface Backend {
  connect(connection: Connection, surroundings: Surroundings): Promise<Provider>;
  lifecycle(provider: Provider, surroundings: Surroundings): Promise<HostLifecycle>;
  /** Whether the guest at `address` accepts a connection at one of these ports; asks no cloud. */
  guestAnswers(address: string, ports: readonly number[], signal: AbortSignal): Promise<boolean>;
}

export interface Surroundings {
  readonly logger: Logger;
  readonly clock: Clock;
  /** Folder of the client's machine store, where it is known. */
  readonly store?: string | undefined;
}

/** The host's life on the machine's cloud, connected when it is first needed and kept for the process. */
export class Cloud {
  readonly #backend: Backend;
  readonly #surroundings: Surroundings;
  readonly #redactor: Redactor;
  /** What the user was told of credentials, and what not yet. */
  readonly #warnings = new Map<string, 'new' | 'told'>();
  #opened: Promise<{ readonly provider: Provider; readonly hosts: HostLifecycle }> | undefined;

  constructor(backend: Backend, surroundings: Surroundings, redactor: Redactor) {
    this.#backend = backend;
    this.#surroundings = surroundings;
    this.#redactor = redactor;
  }

  /**
   * Rejects with an OperationError when the configuration or its credentials are no good; tried anew next
   * time. Opening is not tied to the call that began it: a helper for the credentials may take longer than a
   * look at the state may, and then serves the next call.
   */
  async hosts(values: ConfigValues, environment: Environment, signal: AbortSignal): Promise<HostLifecycle> {
    const opening = (this.#opened ??= this.#open(values, environment));
    try {
      return (await orAborted(opening, signal)).hosts;
    } catch (error) {
      if (this.#opened === opening && !signal.aborted) this.#opened = undefined;
      throw error;
    }
  }

  /**
   * What is to be said of the credentials, each sentence once for the process. A look at the machine may have found
   * it, and looks do not speak to the user.
   */
  takeWarnings(): readonly string[] {
    const texts = [...this.#warnings].flatMap(([text, state]) => (state === 'new' ? [text] : []));
    for (const text of texts) this.#warnings.set(text, 'told');
    return texts;
  }

  /** Closes the connection; the next call makes a new one. Credentials or endpoint may have changed. */
  forget(): void {
    const opened = this.#opened;
    this.#opened = undefined;
    opened
      ?.then(async ({ provider }) => await provider.close())
      .catch(() => {
        // It never came about, or cannot be closed: nothing is left to give back.
      });
  }

  async #open(values: ConfigValues, environment: Environment) {
    const connection = await connectionOf(values, environment, (text) => {
      if (!this.#warnings.has(text)) this.#warnings.set(text, 'new');
    });
    this.#hide(connection);
    const store = storeOf(values, environment);
    const provider = await this.#backend.connect(connection, { ...this.#surroundings, store });
    return { provider, hosts: await this.#backend.lifecycle(provider, this.#surroundings) };
  }

  #hide({ credentials, proxyUrl }: Connection): void {
    if (credentials.kind === 'api-key') this.#redactor.add(credentials.key);
    else this.#redactor.addBasic(credentials.username, credentials.password);
    if (proxyUrl !== undefined) this.#redactor.addUrl(proxyUrl);
  }
}

/** The client's folder; a configuration that somebody wrote by hand may lack it. */
function storeOf({ StorePath }: ConfigValues, environment: Environment): string | undefined {
  const store = StorePath === '' ? (environment['MACHINE_STORAGE_PATH'] ?? '') : StorePath;
  return store === '' ? undefined : store;
}

/** The promise's outcome, or the signal's reason if that comes first. */
async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(OperationError.from(signal.reason, 'connect to Prism Central'));
    signal.addEventListener('abort', abort, { once: true });
  });
  return await Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', abort));
}
