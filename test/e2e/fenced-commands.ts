import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './machine.js';

/** One command of a fenced block, with its continuation lines and here-document. */
export interface FencedCommand {
  /** `docs/fleet.md:25`. */
  readonly place: string;
  readonly text: string;
}

/** Blocks of these languages hold commands. In a console block they follow a `$`; the rest is what they print. */
const SHELL = ['sh', 'bash'];
const CONSOLE = 'console';
/** Blocks of these hold none. A block without a language is one of a console if it begins with a `$`. */
const OTHER = ['yaml', 'toml', 'json', 'ts', 'mermaid', 'text'];

/** README.md and the pages of docs/, by their paths from the root. */
export function documents(): string[] {
  const pages = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
  return ['README.md', ...pages.sort().map((name) => `docs/${name}`)];
}

/** The commands of a document in the order in which a reader types them. Throws at a language that is not known. */
export function commandsOf(path: string): FencedCommand[] {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const blocks = [...text.matchAll(/^ *```(.*)\n([^]*?)^ *```$/gm)];
  return blocks.flatMap((block) => {
    const [, language = '', content = ''] = block;
    const first = text.slice(0, block.index).split('\n').length + 1;
    return linesOf(language, content.split('\n'), `${path}:${String(first)}`).map((command) => ({
      place: `${path}:${String(first + command.line)}`,
      text: command.text,
    }));
  });
}

interface Line {
  /** Lines from the beginning of the block. */
  readonly line: number;
  readonly text: string;
}

function linesOf(language: string, lines: readonly string[], place: string): Line[] {
  if (SHELL.includes(language)) return joined(lines);
  const isConsole = language === CONSOLE || (language === '' && lines[0]?.startsWith('$ ') === true);
  if (isConsole) return joined(lines.map((line) => (line.startsWith('$ ') ? line.slice(2) : '')));
  if (language === '' || OTHER.includes(language)) return [];
  throw new Error(`${place}: it is not known whether a block of ${language} holds commands`);
}

/** Commands that go on over several lines as one; without blank lines and those with a comment only. */
function joined(lines: readonly string[]): Line[] {
  const commands: Line[] = [];
  for (let line = 0; line < lines.length; line += 1) {
    const first = line;
    let text = lines[line] ?? '';
    while (text.endsWith('\\') && line + 1 < lines.length) text += `\n${lines[(line += 1)] ?? ''}`;
    const end = /<<-?\s*'?(\w+)'?/.exec(text)?.[1];
    while (end !== undefined && lines[line] !== end && line + 1 < lines.length) {
      text += `\n${lines[(line += 1)] ?? ''}`;
    }
    if (text.trim() !== '' && !text.startsWith('#')) commands.push({ line: first, text });
  }
  return commands;
}
