import type { Command } from 'commander';

export const COMPLETION_SHELLS = ['bash', 'zsh', 'fish'] as const;

/** A script for the shell's start-up file. Commands and options come from the program itself. */
export function completionText(program: Command, shell: (typeof COMPLETION_SHELLS)[number]): string {
  const commands = program.commands.map((command) => ({
    name: command.name(),
    words: [
      ...command.commands.map((inner) => inner.name()),
      ...command.options.flatMap(({ long }) => (typeof long === 'string' ? [long] : [])),
    ],
  }));
  const names = commands.map(({ name }) => name).join(' ');
  if (shell === 'fish') {
    const lines = commands.map(
      ({ name, words }) =>
        `complete -c nutanix-volume -n '__fish_seen_subcommand_from ${name}' -a '${words.join(' ')}'`,
    );
    return `complete -c nutanix-volume -n __fish_use_subcommand -f -a '${names}'\n${lines.join('\n')}\n`;
  }
  const cases = commands.map(({ name, words }) => `    ${name}) words='${words.join(' ')}' ;;`);
  const prelude = shell === 'zsh' ? 'autoload -U +X bashcompinit && bashcompinit\n' : '';
  return `${prelude}_nutanix_volume() {
  local words
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
    *) words='${names}' ;;
  esac
  if ((COMP_CWORD == 1)); then words='${names}'; fi
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _nutanix_volume nutanix-volume
`;
}
