import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a build comes from. */
export interface Revision {
  /** The first digits of its commit; `-dirty` behind them: what was built differs from it. */
  readonly commit: string;
  /** When that was committed, RFC 3339. */
  readonly committed: string;
}

/** What scripts/revision.sh says, put in by scripts/bundle.mjs: an executable has no files beside it. */
declare const REVISION: string;

/** The revision of this build; undefined = it was not made in a checkout. */
export function revisionOfBuild(): Revision | undefined {
  return parseRevision(typeof REVISION === 'undefined' ? revisionBeside() : REVISION);
}

export function parseRevision(text: string): Revision | undefined {
  const [, commit, committed] = /^([0-9a-f]{12}(?:-dirty)?) (\S+)\n?$/.exec(text) ?? [];
  return commit === undefined || committed === undefined ? undefined : { commit, committed };
}

/** Of the build for Node, written by scripts/build.sh. */
function revisionBeside(): string {
  try {
    return readFileSync(join(__dirname, '..', 'revision'), 'utf8');
  } catch {
    return '';
  }
}
