import type { Command } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type CompletionShell = (typeof SHELLS)[number];

/** A script for the shell's start-up file. Commands and options come from the program itself. */
export function completionScript(program: Command, shell: CompletionShell): string {
  const commands = program.commands.map((command) => ({
    name: command.name(),
    names: [command.name(), ...command.aliases()],
    description: command.description().replaceAll("'", ''),
    options: command.options.flatMap(({ long }) => (typeof long === 'string' ? [long] : [])),
  }));
  if (shell === 'fish') {
    const lines = commands.flatMap(({ name, names, description, options }) => [
      `complete -c nutanix-hosts -n __fish_use_subcommand -a ${name} -d '${description}'`,
      ...options.map(
        (long) =>
          `complete -c nutanix-hosts -n '__fish_seen_subcommand_from ${names.join(' ')}' -l ${long.slice(2)}`,
      ),
    ]);
    return `complete -c nutanix-hosts -n __fish_use_subcommand -f\n${lines.join('\n')}\n`;
  }
  const cases = commands.map(
    ({ names, options }) => `    ${names.join('|')}) words='${options.join(' ')}' ;;`,
  );
  const names = commands.map(({ name }) => name).join(' ');
  const prelude = shell === 'zsh' ? 'autoload -U +X bashcompinit && bashcompinit\n' : '';
  return `${prelude}_nutanix_hosts() {
  local words current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]}
  if [[ $before == -f || $before == --file ]]; then
    COMPREPLY=($(compgen -f -- "$current"))
    return
  fi
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
    *) words='${names}' ;;
  esac
  if ((COMP_CWORD == 1)); then words='${names}'; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _nutanix_hosts nutanix-hosts
`;
}
