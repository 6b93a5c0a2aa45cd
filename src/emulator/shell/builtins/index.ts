import type { Builtins } from '../state/shell.js';
import { flowBuiltins } from './flow-builtins.js';
import { lookupBuiltins } from './lookup-builtins.js';
import { outputBuiltins } from './output-builtins.js';
import { readBuiltin } from './read-builtin.js';
import { testBuiltins } from './test-builtins.js';
import { variableBuiltins } from './variable-builtins.js';

/** The commands a shell runs itself. */
export const builtins: Builtins = new Map([
  ...flowBuiltins,
  ...lookupBuiltins,
  ...outputBuiltins,
  ...testBuiltins,
  ...variableBuiltins,
  ['read', readBuiltin] as const,
]);
