import type { Builtin, Builtins } from '../state/shell.js';

import { directoryBuiltins } from './directory-builtins.js';
import { flowBuiltins } from './flow-builtins.js';
import { getopts } from './getopts.js';
import { lookupBuiltins } from './lookup-builtins.js';
import { outputBuiltins } from './output-builtins.js';
import { processBuiltins } from './process-builtins.js';
import { readBuiltin } from './read-builtin.js';
import { testBuiltins } from './test-builtins.js';
import { variableBuiltins } from './variable-builtins.js';

const ALL: ReadonlyMap<string, Builtin> = new Map([
  ...directoryBuiltins,
  ...flowBuiltins,
  ...lookupBuiltins,
  ...outputBuiltins,
  ...processBuiltins,
  ...testBuiltins,
  ...variableBuiltins,
  ['getopts', getopts] as const,
  ['read', readBuiltin] as const,
]);

const BASH_ONLY = new Set(['declare', 'let', 'shopt', 'source', 'typeset']);

/** Their errors end a script, and assignments before them stay. */
const SPECIAL = new Set(
  '. : break continue eval exec exit export readonly return set shift times trap unset'.split(' '),
);

/** The commands a shell runs itself. */
export const builtins: Builtins = {
  find: (name, dialect) => (dialect === 'dash' && BASH_ONLY.has(name) ? undefined : ALL.get(name)),
  isSpecial: (name) => SPECIAL.has(name),
};
