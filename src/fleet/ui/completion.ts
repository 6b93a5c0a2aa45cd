import type { Argument, Command, Option } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type CompletionShell = (typeof SHELLS)[number];

/** The hidden command that prints names of hosts, one on a line, for the scripts here. */
export const HOST_NAMES = 'host-names';

/** What can be completed of one command. */
interface Completed {
  readonly names: readonly string[];
  readonly description: string;
  readonly options: readonly Option[];
  /** Where its arguments are hosts: the first alone, all, or none. */
  readonly hosts: 'first' | 'all' | 'none';
  /** Words that its argument can be. */
  readonly words: readonly string[];
}

/** A script for the shell's start-up file. Commands and options come from the program itself, hosts from the file. */
export function completionScript(program: Command, shell: CompletionShell): string {
  const commands = program.createHelp().visibleCommands(program).map(completedOf);
  if (shell === 'fish') return fishScript(commands);
  return shell === 'zsh'
    ? `autoload -U +X bashcompinit && bashcompinit\n${bashScript(commands)}`
    : bashScript(commands);
}

function completedOf(command: Command): Completed {
  const { registeredArguments } = command;
  return {
    names: [command.name(), ...command.aliases()],
    description: command.description().replaceAll("'", ''),
    options: command.options,
    hosts: hostsOf(registeredArguments[0]),
    words: registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
  };
}

function hostsOf(argument: Argument | undefined): Completed['hosts'] {
  if (argument?.name() !== 'host') return 'none';
  return argument.variadic ? 'all' : 'first';
}

/** The options that take a value; those that take a file or a folder, by what their help calls it. */
function valueOptions(commands: readonly Completed[]): { readonly files: string; readonly others: string } {
  const options = commands.flatMap((command) => command.options).filter(({ required }) => required);
  const isFile = ({ flags, long }: Option): boolean =>
    /<(file|folder)>/.test(flags) || (long ?? '').endsWith('-file');
  const patterns = (some: readonly Option[]): string =>
    [...new Set(some.flatMap(({ short, long }) => [short, long].filter((one) => one !== undefined)))].join(
      '|',
    );
  return { files: patterns(options.filter(isFile)), others: patterns(options.filter((one) => !isFile(one))) };
}

function bashScript(commands: readonly Completed[]): string {
  const { files, others } = valueOptions(commands);
  const cases = commands.map(({ names, options, hosts, words }) => {
    const longs = longNames(options).join(' ');
    return `    ${names.join('|')}) options='${longs}' hosts=${hosts} words='${words.join(' ')}' ;;`;
  });
  const names = commands.flatMap((command) => command.names.slice(0, 1)).join(' ');
  return `_nutanix_hosts() {
  local IFS=$' \\t\\n' current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]}
  local options= hosts=none words= file=hosts.yaml arguments=0 index word
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W '${names}' -- "$current"))
    return
  fi
  # bash makes three words of --file=FILE.
  if [[ $current == = ]]; then current=; elif [[ $before == = ]]; then before=\${COMP_WORDS[COMP_CWORD-2]}; fi
  case $before in
    ${files})
      IFS=$'\\n'
      COMPREPLY=($(compgen -f -- "$current"))
      if type compopt &>/dev/null; then compopt -o filenames 2>/dev/null; fi
      return ;;
    ${others}) return ;;
  esac
  for ((index = 2; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    case $word in
      ${files}|${others})
        ((index++))
        if [[ \${COMP_WORDS[index]} == = ]]; then ((index++)); fi
        if [[ $word == -f || $word == --file ]]; then file=\${COMP_WORDS[index]}; fi ;;
      --file=*) file=\${word#--file=} ;;
      -*) ;;
      *) ((arguments++)) ;;
    esac
  done
  # The word as it was typed, with what quotes a blank in it.
  file=\${file//[\\\\\\"\\']/}
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
  esac
  # What stands behind the host of ssh is a command there.
  if [[ $hosts == first ]] && ((arguments > 0)); then return; fi
  if [[ $current == -* || ( $hosts == none && -z $words ) ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$current"))
    return
  fi
  if [[ $hosts != none ]]; then
    words=$("\${COMP_WORDS[0]/#\\~/$HOME}" ${HOST_NAMES} --file "\${file/#\\~/$HOME}" 2>/dev/null)
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _nutanix_hosts nutanix-hosts
`;
}

function fishScript(commands: readonly Completed[]): string {
  const lines = commands.flatMap(({ names, description, options, hosts, words }) => {
    const [name = ''] = names;
    const within = `complete -c nutanix-hosts -n '__fish_seen_subcommand_from ${names.join(' ')}'`;
    const choices = hosts === 'none' ? words.join(' ') : '(__nutanix_hosts_names)';
    return [
      `complete -c nutanix-hosts -n __fish_use_subcommand -f -a ${name} -d '${description}'`,
      `${within} -f${choices === '' ? '' : ` -a '${choices}'`}`,
      ...options.map((option) => `${within}${fishOption(option)}`),
    ];
  });
  return `function __nutanix_hosts_names
  set -l words (commandline -opc)
  set -l file hosts.yaml
  for index in (seq 2 (count $words))
    switch $words[$index]
      case -f --file
        test $index -lt (count $words); and set file $words[(math $index + 1)]
      case '--file=*'
        set file (string replace -- --file= '' $words[$index])
    end
  end
  $words[1] ${HOST_NAMES} --file (string replace -r '^~/' "$HOME/" -- $file) 2>/dev/null
end
${lines.join('\n')}
`;
}

function fishOption({ long, short, required, flags }: Option): string {
  const name = `${long === undefined ? '' : ` -l ${long.slice(2)}`}${short === undefined ? '' : ` -s ${short.slice(1)}`}`;
  if (!required) return name;
  return /<(file|folder)>/.test(flags) || (long ?? '').endsWith('-file') ? `${name} -r -F` : `${name} -x`;
}

function longNames(options: readonly Option[]): string[] {
  return options.flatMap(({ long }) => (typeof long === 'string' ? [long] : []));
}
