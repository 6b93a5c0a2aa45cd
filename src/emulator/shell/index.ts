export { applyOptions } from './builtins/variable-builtins.js';
export { compilePattern, matches } from './expansion/pattern.js';
export { readEvalLoop, type LoopCall } from './read-eval-loop.js';
export { createShell, runShell, type ShellCall } from './run-shell.js';
export { ShellSyntaxError } from './grammar/syntax.js';
export { unescape } from './grammar/escapes.js';
