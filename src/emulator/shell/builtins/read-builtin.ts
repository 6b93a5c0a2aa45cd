import type { InputStream } from '../../os/streams.js';
import { fail, isDash, type BuiltinCall } from '../state/shell.js';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A character of what was read; an escaped one separates nothing. */
interface Read {
  readonly char: string;
  readonly escaped: boolean;
}

/** `read [-r] [-p prompt] NAME …`: one line, split at IFS; the last name takes the rest. */
export async function readBuiltin(call: BuiltinCall): Promise<number> {
  const { shell, args, streams } = call;
  const { state } = shell;
  const names: string[] = [];
  let raw = false;
  let delimiter = '\n';
  let input: InputStream | undefined = streams.stdin;
  for (let index = 1; index < args.length; index++) {
    const argument = args[index] ?? '';
    if (argument === '-d') delimiter = (args[++index] ?? '').charAt(0) || '\0';
    else if (argument === '-u') input = inputOf(call, args[++index]);
    else if (/^-[rs]*[ptn]$/.test(argument)) {
      raw ||= argument.includes('r');
      index++;
    } else if (/^-[rse]+$/.test(argument)) raw ||= argument.includes('r');
    else if (argument !== '--') names.push(argument);
  }
  const wrong = names.find((name) => !NAME.test(name));
  if (wrong !== undefined)
    return fail(
      call,
      isDash(call) ? `${wrong}: bad variable name` : `\`${wrong}': not a valid identifier`,
      isDash(call) ? 2 : 1,
    );
  if (names.length === 0 && isDash(call)) return fail(call, 'arg count');
  const { text, complete } = await readText(input ?? streams.stdin, raw, delimiter);
  if (names.length === 0) state.set('REPLY', text.map(({ char }) => char).join(''));
  const pieces = split(text, state.get('IFS') ?? ' \t\n', names.length);
  for (const [index, name] of names.entries()) state.set(name, pieces[index] ?? '');
  return complete ? 0 : 1;
}

function inputOf({ streams }: BuiltinCall, text: string | undefined): InputStream | undefined {
  const stream = streams.further?.get(Number(text));
  return stream !== undefined && 'readLine' in stream ? stream : undefined;
}

/** Reads up to the delimiter; without `raw` a backslash joins lines and keeps a character from separating. */
async function readText(
  input: InputStream,
  raw: boolean,
  delimiter: string,
): Promise<{ text: Read[]; complete: boolean }> {
  const text: Read[] = [];
  for (;;) {
    const line = await input.readUntil(delimiter.charCodeAt(0));
    const chars = Array.from(line ?? '');
    const complete = chars.at(-1) === delimiter;
    if (complete) chars.pop();
    let joins = false;
    for (let index = 0; index < chars.length; index++) {
      const char = chars[index] ?? '';
      if (raw || char !== '\\') text.push({ char, escaped: false });
      else if (index + 1 < chars.length) text.push({ char: chars[++index] ?? '', escaped: true });
      else joins = complete;
    }
    if (!joins) return { text, complete };
  }
}

/** So many pieces; blanks of IFS count once, the last piece keeps the separators inside it. */
function split(text: readonly Read[], separators: string, count: number): string[] {
  const separates = ({ char, escaped }: Read) => !escaped && separators.includes(char);
  const blank = (read: Read | undefined) =>
    read !== undefined && separates(read) && /[ \t\n]/.test(read.char);
  const pieces: string[] = [];
  let at = 0;
  const skipBlanks = () => {
    while (blank(text[at])) at++;
  };
  const piece = () => {
    const start = at;
    for (let next = text[at]; next !== undefined && !separates(next); next = text[at]) at++;
    return joined(text.slice(start, at));
  };
  const separator = () => {
    skipBlanks();
    const next = text[at];
    if (next === undefined || !separates(next)) return;
    at++;
    skipBlanks();
  };
  skipBlanks();
  while (pieces.length < count - 1 && at < text.length) {
    pieces.push(piece());
    separator();
  }
  const rest = text.slice(at);
  const last = piece();
  separator();
  if (at >= text.length) return [...pieces, last];
  while (blank(rest.at(-1))) rest.pop();
  return [...pieces, joined(rest)];
}

function joined(text: readonly Read[]): string {
  return text.map(({ char }) => char).join('');
}
