import { absolute, basename } from '../filesystem/index.js';
import { applyOptions, createShell, readEvalLoop, runShell, type ShellCall } from '../shell/index.js';
import type { Process, Program } from '../system/process.js';

/** sh and bash: `-c TEXT`, a script file, or commands from the standard input. */
function shell(kind: 'sh' | 'bash'): Program {
  return async (process) => {
    const call = parseCall(process.args.slice(1));
    const prepare: ShellCall['prepare'] = (state) => void applyOptions(state, call.options);
    if (call.command !== undefined) {
      const [name = kind, ...positional] = call.operands;
      return runShell(process, call.command, {
        name: name === basename(name) ? kind : name,
        positional,
        prepare,
      });
    }
    const [file, ...positional] = call.operands;
    if (file === undefined || call.fromInput) {
      return readEvalLoop(process, { name: kind, positional: call.operands, prepare });
    }
    return runFile(process, kind, file, { name: file, positional, prepare });
  };
}

async function runFile(process: Process, kind: string, file: string, call: ShellCall): Promise<number> {
  const { fs } = process.system;
  const path = absolute(process.cwd, file);
  if (fs.find(path, process.user) === undefined) {
    const reason = 'No such file or directory';
    await process.stderr.line(
      kind === 'sh' ? `sh: 0: cannot open ${file}: ${reason}` : `bash: ${file}: ${reason}`,
    );
    return kind === 'sh' ? 2 : 127;
  }
  return runShell(process, fs.readText(path, process.user), call);
}

interface Call {
  readonly options: readonly string[];
  readonly command: string | undefined;
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
  if (!wantsCommand) return { options, command: undefined, fromInput, operands: rest };
  return { options, command: rest[0] ?? '', fromInput, operands: rest.slice(1) };
}

/** Commands that shells have built in and that also exist as files (`sudo echo …`). */
function builtin(name: string): Program {
  return (process) => createShell(process, { name: 'bash' }).run([name, ...process.args.slice(1)], process);
}

const BUILTIN_FILES = ['echo', 'printf', 'test', '[', 'true', 'false', 'pwd'];

export const shellPrograms: Readonly<Record<string, Program>> = {
  sh: shell('sh'),
  dash: shell('sh'),
  bash: shell('bash'),
  ...Object.fromEntries(BUILTIN_FILES.map((name) => [name, builtin(name)])),
};
