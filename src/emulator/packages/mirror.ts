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
  readonly #distribution: Distribution;
  readonly #engineVersion: string;

  constructor(fs: MemoryFileSystem, distribution: Distribution, engineVersion: string) {
    this.#fs = fs;
    this.#distribution = distribution;
    this.#engineVersion = engineVersion;
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
    const own = [...DISTRIBUTION_PACKAGES, distributionEngine(this.#engineVersion)];
    if (this.#fs.find(DOCKER_REPOSITORY) === undefined) return own;
    const [, version = this.#engineVersion] =
      /emulated-engine=(\d+\.\d+\.\d+)/.exec(this.#fs.readText(DOCKER_REPOSITORY)) ?? [];
    return [...own, ...dockerPackages(version, this.#distribution.codename)];
  }
}
