import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Programs that the guest's shell runs; each is a file in scripts/, so that shellcheck reads it. */
export type GuestScript = 'allow-key.sh' | 'format-disks.sh';

/** The files of scripts/ by name, put in by scripts/bundle.mjs: an executable has no files beside it. */
declare const GUEST_SCRIPTS: Readonly<Record<GuestScript, string>>;

/** The text of a script, with these values in the places that are marked `@NAME@`. */
export function scriptText(script: GuestScript, values: Readonly<Record<string, string>> = {}): string {
  const text =
    typeof GUEST_SCRIPTS === 'undefined'
      ? readFileSync(join(__dirname, 'scripts', script), 'utf8')
      : GUEST_SCRIPTS[script];
  return text.replace(/@([A-Z_]+)@/g, (mark, name: string) => values[name] ?? mark);
}
