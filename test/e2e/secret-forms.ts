import { readdirSync, readFileSync } from 'node:fs';

/** A secret in every spelling in which it could turn up. */
export function formsOf(secret: string, username = ''): readonly string[] {
  const base64 = (text: string): string => Buffer.from(text).toString('base64').replace(/=+$/, '');
  const json = JSON.stringify(secret).slice(1, -1);
  const forms = [secret, json, encodeURIComponent(secret), base64(secret), base64(`${username}:${secret}`)];
  return [...new Set(forms)];
}

/** The first secret that is in a text, or undefined. */
export function secretIn(
  text: string,
  secrets: Readonly<Record<string, readonly string[]>>,
): string | undefined {
  return Object.entries(secrets).find(([, forms]) => forms.some((form) => text.includes(form)))?.[0];
}

/** Reads the command lines and titles of all processes, again and again, until it is stopped. */
export class ProcessWatch {
  readonly #seen = new Set<string>();
  readonly #timer = setInterval(() => this.#look(), 15);

  #look(): void {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      for (const file of ['cmdline', 'comm']) {
        try {
          this.#seen.add(readFileSync(`/proc/${pid}/${file}`, 'utf8').replaceAll('\0', ' '));
        } catch {
          // It has ended meanwhile.
        }
      }
    }
  }

  /** Everything seen, each once. */
  stop(): readonly string[] {
    clearInterval(this.#timer);
    return [...this.#seen];
  }
}
