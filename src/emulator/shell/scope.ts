import type { ExpansionScope } from './expansion/expansion.js';
import { glob } from './expansion/glob.js';
import type { Shell } from './state/shell.js';
import type { ShellOptions } from './state/shell-state.js';

/** What expansion sees of a shell: variables, special parameters, files, users. */
export function scopeOf(shell: Shell): ExpansionScope {
  const { state, process } = shell;
  return {
    dialect: state.dialect,
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
    glob: (chunks) => {
      if (state.options.noglob) return [];
      return glob(chunks, state.cwd, process.system.fs, process.user, state.dialect === 'dash');
    },
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
      return String(state.processId);
    case '-':
      return FLAGS.filter(([, option]) => state.options[option])
        .map(([letter]) => letter)
        .join('');
    case '!':
      return state.jobs.at(-1)?.id.toString();
    case 'LINENO':
      return String(shell.line);
    case 'PPID':
      return '1';
    default:
      return state.dialect === 'bash' ? ofBash(shell, name) : undefined;
  }
}

/** The letters of `$-`, in the order in which dash shows them. */
const FLAGS: readonly (readonly [letter: string, option: keyof ShellOptions])[] = [
  ['e', 'errexit'],
  ['f', 'noglob'],
  ['n', 'noexec'],
  ['x', 'xtrace'],
  ['v', 'verbose'],
  ['C', 'noclobber'],
  ['a', 'allexport'],
  ['u', 'nounset'],
];

function ofBash({ process }: Shell, name: string): string | undefined {
  switch (name) {
    case 'BASH_VERSION':
      return '5.2.21(1)-release';
    case 'SECONDS':
      return String(Math.floor(process.system.uptime / 1000));
    case 'RANDOM':
      return String(Math.floor(Math.random() * 32768));
    default:
      return undefined;
  }
}
