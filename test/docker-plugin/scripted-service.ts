import { OperationError } from '../../src/support/index.js';
import type { DriverService } from '../../src/docker-plugin/volume-driver.js';
import type { VolumeService, VolumeSummary } from '../../src/volume/index.js';

/** A core that does what a test says and tells what it was asked. For corner cases of the protocol only. */
export class ScriptedService implements DriverService {
  readonly asked: string[] = [];
  volumes: VolumeSummary[] = [];
  /** What happens at a call, after it was noted; e.g. waiting, throwing. */
  readonly script: Record<string, ((signal?: AbortSignal) => Promise<void>) | undefined> = {};
  /** What `find` knows beside `volumes`. */
  inCloud: VolumeSummary[] = [];

  async ensure(...[name, options, { signal }]: Parameters<VolumeService['ensure']>): Promise<VolumeSummary> {
    await this.#note('ensure', `${name} ${JSON.stringify(options)}`, signal);
    const made = summary(name);
    this.volumes.push(made);
    return made;
  }

  async remove(...[volume, how, { signal }]: Parameters<VolumeService['remove']>): Promise<void> {
    await this.#note('remove', `${nameIn(volume)} ${String(how)}`, signal);
    this.volumes = this.volumes.filter(({ name }) => name !== nameIn(volume));
  }

  async mount(...[volume, user, { signal }]: Parameters<VolumeService['mount']>): Promise<string> {
    await this.#note('mount', `${nameIn(volume)} ${user}`, signal);
    return `/volumes/${nameIn(volume)}`;
  }

  async answered(...[volume, user, { signal }]: Parameters<VolumeService['answered']>): Promise<void> {
    await this.#note('answered', `${nameIn(volume)} ${user}`, signal);
  }

  async unmount(...[volume, user, { signal }]: Parameters<VolumeService['unmount']>): Promise<void> {
    await this.#note('unmount', `${nameIn(volume)} ${user}`, signal);
  }

  async find(...[volume, { signal }]: Parameters<VolumeService['find']>): Promise<VolumeSummary | undefined> {
    await this.#note('find', nameIn(volume), signal);
    return this.inCloud.find(({ name }) => name === nameIn(volume));
  }

  async known(): Promise<readonly VolumeSummary[]> {
    await this.script['known']?.();
    return this.volumes;
  }

  async #note(method: string, text: string, signal: AbortSignal): Promise<void> {
    this.asked.push(`${method} ${text}`);
    await this.script[method]?.(signal);
  }
}

export function summary(name: string, more: Partial<VolumeSummary> = {}): VolumeSummary {
  return { id: `id-of-${name}`, name, sizeBytes: 2 ** 30, filesystem: 'xfs', ...more };
}

/** As the core reports that Prism Central does not answer. */
export function away(): OperationError {
  return new OperationError({
    code: 'unreachable',
    attempted: 'list volumes',
    problem: 'connection refused',
  });
}

function nameIn(volume: { readonly name: string } | { readonly id: string }): string {
  return 'name' in volume ? volume.name : volume.id;
}
