import type { ExpansionScope } from './expansion/expansion.js';
import { glob } from './expansion/glob.js';
import type { Shell } from './state/shell.js';

/** What expansion sees of a shell: variables, special parameters, files, users. */
export function scopeOf(shell: Shell): ExpansionScope {
  const { state, process } = shell;
  return {
    get: (name) => special(shell, name) ?? state.get(name),
    set: (name, value) => state.set(name, value),
    get positional() {
      return state.positional;
    },
    get nounset() {
      return state.options.nounset;
    },
    substitute: (script) => shell.substitute(script),
    connect: (direction, script) => shell.substitutions.connect(shell, direction, script, shell.streams),
    glob: (chunks) => (state.options.noglob ? [] : glob(chunks, state.cwd, process.system.fs, process.user)),
    home: (user) => (user === '' ? state.get('HOME') : process.system.accounts.user(user)?.home),
  };
}

function special(shell: Shell, name: string): string | undefined {
  const { state } = shell;
  if (/^[1-9]\d*$/.test(name)) return state.positional[Number(name) - 1];
  switch (name) {
    case '0':
      return state.name;
    case '?':
      return String(state.status);
    case '#':
      return String(state.positional.length);
    case '$':
      return String(shell.process.system.processId);
    case '-':
      return state.options.errexit ? 'e' : '';
    case '!':
      return '';
    default:
      return undefined;
  }
}
