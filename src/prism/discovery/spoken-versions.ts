import { knownVersions, NAMESPACES, type Namespace } from './versions.js';

/** Which version of each namespace is spoken to one server. Read from text and written as text: `v4 vmm=4.3 prism=4.4`. */
export class SpokenVersions {
  readonly #versions: Map<Namespace, string>;

  constructor(versions: ReadonlyMap<Namespace, string>) {
    this.#versions = new Map(versions);
  }

  /** undefined when the text says something else, or names a version that is not spoken here. */
  static parse(text: string): SpokenVersions | undefined {
    const [api, ...pairs] = text.trim().split(/\s+/);
    if (api !== 'v4') return undefined;
    const versions = new Map<Namespace, string>();
    for (const pair of pairs) {
      const [name, version = ''] = pair.split('=', 2);
      const namespace = NAMESPACES.find((one) => one === name);
      // A namespace that a newer program knows does not concern this one.
      if (namespace === undefined) continue;
      if (!knownVersions(namespace).includes(version)) return undefined;
      versions.set(namespace, version);
    }
    return versions.has('vmm') && versions.has('prism') ? new SpokenVersions(versions) : undefined;
  }

  /** The newest that are spoken here, for a server of which nothing is known. */
  static newest(): SpokenVersions {
    return new SpokenVersions(
      new Map(
        NAMESPACES.flatMap((one) =>
          knownVersions(one)
            .slice(0, 1)
            .map((version) => [one, version]),
        ),
      ),
    );
  }

  /** Without the `v`; undefined = the server does not have this namespace. */
  of(namespace: Namespace): string | undefined {
    return this.#versions.get(namespace);
  }

  /** From the generation of vmm 4.1 on the server looks at how user-data begins (reference v4 3.1). */
  get userDataForm(): 'cloud-config' | undefined {
    return this.#versions.get('vmm') === '4.0' ? undefined : 'cloud-config';
  }

  /** The version that is spoken here and comes next below this one; undefined = it is the oldest. */
  below(namespace: Namespace, version: string): string | undefined {
    const known = knownVersions(namespace);
    return known[known.indexOf(version) + 1];
  }

  /** From now on `to`, if it is still `from` that is spoken: what asks at the same time may have found out the same. */
  stepDown(namespace: Namespace, from: string, to: string): void {
    if (this.#versions.get(namespace) === from) this.#versions.set(namespace, to);
  }

  /** For the front end to keep. */
  toString(): string {
    return ['v4', ...[...this.#versions].map(([namespace, version]) => `${namespace}=${version}`)].join(' ');
  }
}
