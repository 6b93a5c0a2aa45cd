import type { MemoryFileSystem } from '../filesystem/index.js';
import type { Distribution } from '../os/distribution.js';
import {
  DISTRIBUTION_PACKAGES,
  DOCKER_REPOSITORY,
  distributionEngine,
  dockerPackages,
  type Package,
} from './catalogue.js';

/**
 * The packages that apt finds. Docker's are there once its repository is listed; the engine version offered
 * is named in that list (the emulated install script writes it).
 */
export class Mirror {
  readonly #fs: MemoryFileSystem;
  readonly #codename: string;
  readonly #engineVersion: string;
  /** What the distribution's own repository has. */
  readonly #own: readonly Package[];

  constructor(fs: MemoryFileSystem, { codename }: Distribution, engineVersion: string) {
    this.#fs = fs;
    this.#codename = codename;
    this.#engineVersion = engineVersion;
    this.#own = [...DISTRIBUTION_PACKAGES, distributionEngine(engineVersion)];
  }

  find(name: string): Package | undefined {
    return this.#all().find((candidate) => candidate.name === name);
  }

  /** The package and what it needs, dependencies first. */
  withDependencies(name: string): Package[] {
    const found = this.find(name);
    if (found === undefined) return [];
    return [...found.depends.flatMap((dependency) => this.withDependencies(dependency)), found];
  }

  #all(): readonly Package[] {
    if (this.#fs.find(DOCKER_REPOSITORY) === undefined) return this.#own;
    const [, version = this.#engineVersion] =
      /emulated-engine=(\d+\.\d+\.\d+)/.exec(this.#fs.readText(DOCKER_REPOSITORY)) ?? [];
    return [...this.#own, ...dockerPackages(version, this.#codename)];
  }
}
