import { absolute } from '../../filesystem/index.js';
import { applyOptions, createShell, readEvalLoop, runShell, type ShellCall } from '../../shell/index.js';
import type { Process, Program } from '../../os/process.js';

/** sh and bash: `-c TEXT`, a script file, or commands from the standard input. */
function shell(dialect: ShellCall['dialect']): Program {
  return async (process) => {
    const call = parseCall(process.args.slice(1));
    if (call.command === undefined && call.lacksCommand) return lacksCommand(process, dialect);
    const prepare: ShellCall['prepare'] = (state) => void applyOptions(state, call.options);
    const [name, ...positional] = call.operands;
    if (call.command !== undefined)
      return runShell(process, call.command, { dialect, name, positional, prepare, fromCommandLine: true });
    if (name === undefined || call.fromInput) {
      return readEvalLoop(process, { dialect, positional: call.operands, prepare });
    }
    return runFile(process, name, { dialect, name, positional, prepare });
  };
}

async function runFile(process: Process, file: string, call: ShellCall): Promise<number> {
  const { fs } = process.system;
  const path = absolute(process.cwd, file);
  if (fs.find(path, process.user) !== undefined)
    return runShell(process, fs.readText(path, process.user), call);
  const dash = call.dialect === 'dash';
  await process.stderr.line(
    dash ? `sh: 0: cannot open ${file}: No such file` : `bash: ${file}: No such file or directory`,
  );
  return dash ? 2 : 127;
}

async function lacksCommand(process: Process, dialect: ShellCall['dialect']): Promise<number> {
  const dash = dialect === 'dash';
  await process.stderr.line(
    dash ? 'sh: 0: -c requires an argument' : 'bash: -c: option requires an argument',
  );
  return 2;
}

interface Call {
  readonly options: readonly string[];
  readonly command: string | undefined;
  /** `-c` without a text. */
  readonly lacksCommand: boolean;
  readonly fromInput: boolean;
  readonly operands: readonly string[];
}

function parseCall(words: readonly string[]): Call {
  const options: string[] = [];
  let wantsCommand = false;
  let fromInput = false;
  let index = 0;
  for (; index < words.length; index++) {
    const word = words[index] ?? '';
    if (word === '--' || word === '-') {
      index++;
      break;
    }
    if (word.startsWith('--')) continue;
    if (!/^[-+]./.test(word)) break;
    wantsCommand ||= word.startsWith('-') && word.includes('c');
    fromInput ||= word.startsWith('-') && word.includes('s');
    const settings = word.replace(/[csil]/g, '');
    if (settings.length > 1) options.push(settings);
    if (word.endsWith('o')) options.push(words[++index] ?? '');
  }
  const rest = words.slice(index);
  if (!wantsCommand || rest.length === 0)
    return { options, command: undefined, lacksCommand: wantsCommand, fromInput, operands: rest };
  return { options, command: rest[0], lacksCommand: false, fromInput, operands: rest.slice(1) };
}

/** Commands that shells have built in and that also exist as files (`sudo echo …`). */
function builtin(name: string): Program {
  return (process) =>
    createShell(process, { dialect: 'bash' }).run([name, ...process.args.slice(1)], process);
}

const BUILTIN_FILES = ['echo', 'printf', 'test', '[', 'true', 'false', 'pwd'];

export const shellPrograms: Readonly<Record<string, Program>> = {
  sh: shell('dash'),
  dash: shell('dash'),
  bash: shell('bash'),
  ...Object.fromEntries(BUILTIN_FILES.map((name) => [name, builtin(name)])),
};
