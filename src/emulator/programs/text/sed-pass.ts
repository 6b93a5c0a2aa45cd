import { UsageError } from '../../os/execute.js';
import type { Match, RegularExpression } from '../../regex/index.js';
import type { SedAddress, SedCommand } from './sed-script.js';

/** What one pass reads and writes besides its lines. */
export interface SedFiles {
  /** The content of a file for `r`; undefined = there is none. */
  read(path: string): string | undefined;
  /** Appends to a file for `w`. */
  write(path: string, text: string): void;
}

/** Commands that one cycle may run: a branch can go back for ever. */
const MAX_STEPS = 100_000;

/** What the commands of the hold space make of pattern space and hold space. */
const HOLDING = {
  g: (_pattern: string, hold: string) => [hold, hold],
  G: (pattern: string, hold: string) => [`${pattern}\n${hold}`, hold],
  h: (pattern: string) => [pattern, pattern],
  H: (pattern: string, hold: string) => [pattern, `${hold}\n${pattern}`],
  x: (pattern: string, hold: string) => [hold, pattern],
} satisfies Record<string, (pattern: string, hold: string) => [string, string]>;

/** One pass over one input. */
export class SedPass {
  readonly #ranges = new Map<SedCommand, number>();
  #output = '';
  #lines: readonly string[] = [];
  #next = 0;
  #pattern = '';
  #hold = '';
  /** The line end of the current line; a last line may have none. */
  #end = '\n';
  #after: string[] = [];
  #last: RegularExpression | undefined;
  #steps = 0;
  status = 0;

  readonly #commands: readonly SedCommand[];
  readonly #quiet: boolean;
  readonly #files: SedFiles;

  constructor(commands: readonly SedCommand[], quiet: boolean, files: SedFiles) {
    this.#commands = commands;
    this.#quiet = quiet;
    this.#files = files;
  }

  all(lines: readonly string[]): string {
    this.#lines = lines;
    let fresh = true;
    while (fresh ? this.#read() : true) {
      const outcome = this.#cycle();
      if (outcome !== 'quiet' && outcome !== 'deleted' && !this.#quiet) this.#print(this.#pattern);
      this.#flush();
      if (outcome === 'quit' || outcome === 'quiet') break;
      fresh = outcome !== 'deleted' || !this.#again;
      this.#again = false;
    }
    return this.#output;
  }

  /** `D` left a text for the next cycle. */
  #again = false;

  #read(): boolean {
    const raw = this.#lines[this.#next];
    if (raw === undefined) return false;
    this.#next++;
    this.#end = raw.endsWith('\n') ? '\n' : '';
    this.#pattern = this.#end === '' ? raw : raw.slice(0, -1);
    return true;
  }

  #print(text: string): void {
    if (this.#output !== '' && !this.#output.endsWith('\n')) this.#output += '\n';
    this.#output += `${text}${this.#end}`;
  }

  #whole(text: string): void {
    if (this.#output !== '' && !this.#output.endsWith('\n')) this.#output += '\n';
    this.#output += text;
  }

  #flush(): void {
    for (const text of this.#after.splice(0)) this.#whole(text);
  }

  get #isLast(): boolean {
    return this.#next >= this.#lines.length;
  }

  /** Runs the script once. */
  #cycle(): 'done' | 'deleted' | 'quit' | 'quiet' {
    let replaced = false;
    for (let at = 0; at < this.#commands.length; at++) {
      const command = this.#commands[at];
      if (command === undefined) break;
      if (++this.#steps > MAX_STEPS) throw new UsageError('emulated guest: too many commands');
      if (!this.#selected(command)) {
        if (command.name === '{') at = command.target;
        continue;
      }
      switch (command.name) {
        case 's':
          replaced = this.#substitute(command) || replaced;
          break;
        case 'y':
          this.#pattern = transliterate(this.#pattern, command.text);
          break;
        case 'd':
          return 'deleted';
        case 'D':
          if (!this.#pattern.includes('\n')) return 'deleted';
          this.#pattern = this.#pattern.slice(this.#pattern.indexOf('\n') + 1);
          this.#again = true;
          return 'deleted';
        case 'c':
          if (command.to === undefined || command.negated || !this.#ranges.has(command))
            this.#whole(`${command.text}\n`);
          return 'deleted';
        case 'p':
          this.#print(this.#pattern);
          break;
        case 'P':
          this.#whole(`${this.#pattern.split('\n', 1)[0] ?? ''}\n`);
          break;
        case '=':
          this.#whole(`${this.#next}\n`);
          break;
        case 'i':
          this.#whole(`${command.text}\n`);
          break;
        case 'a':
          this.#after.push(`${command.text}\n`);
          break;
        case 'r':
          this.#after.push(this.#files.read(command.text) ?? '');
          break;
        case 'w':
          this.#files.write(command.text, `${this.#pattern}\n`);
          break;
        case 'n':
          if (this.#isLast) return 'quit';
          if (!this.#quiet) this.#print(this.#pattern);
          this.#flush();
          this.#read();
          break;
        case 'N': {
          const before = this.#pattern;
          if (this.#isLast) return 'quit';
          this.#flush();
          this.#read();
          this.#pattern = `${before}\n${this.#pattern}`;
          break;
        }
        case 'g':
        case 'G':
        case 'h':
        case 'H':
        case 'x':
          [this.#pattern, this.#hold] = HOLDING[command.name](this.#pattern, this.#hold);
          break;
        case 'b':
          at = command.target;
          break;
        case 't':
        case 'T':
          if (replaced === (command.name === 't')) at = command.target;
          replaced = false;
          break;
        case 'q':
        case 'Q':
          this.status = Number(command.text);
          return command.name === 'q' ? 'quit' : 'quiet';
        case '{':
        case '}':
        case ':':
      }
    }
    return 'done';
  }

  #search(expression: RegularExpression | undefined, text: string, from = 0): Match | undefined {
    const used = expression ?? this.#last;
    if (used === undefined) throw new UsageError('no previous regular expression');
    this.#last = used;
    return used.search(text, from);
  }

  #selected(command: SedCommand): boolean {
    const { from, to, negated } = command;
    if (from === undefined) return !negated;
    if (to === undefined) return this.#fits(from) !== negated;
    return this.#inRange(command, from, to) !== negated;
  }

  #fits(address: SedAddress): boolean {
    switch (address.kind) {
      case 'line':
        return address.line === this.#next;
      case 'last':
        return this.#isLast;
      case 'step':
        return address.step === 0
          ? this.#next === address.first
          : this.#next >= address.first && (this.#next - address.first) % address.step === 0;
      case 'match':
        return this.#search(address.expression, this.#pattern) !== undefined;
      default:
        return false;
    }
  }

  /** A range that has begun is kept with the line at which it ends by number, else Infinity. */
  #inRange(command: SedCommand, from: SedAddress, to: SedAddress): boolean {
    const number = this.#next;
    const zero = from.kind === 'line' && from.line === 0;
    let end = this.#ranges.get(command) ?? (zero && number === 1 ? Infinity : undefined);
    const starts = end === undefined;
    if (end === undefined) {
      if (!this.#fits(from)) return false;
      end = endOf(to, number);
    }
    const ended =
      end <= number || ((!starts || zero) && (to.kind === 'match' || to.kind === 'last') && this.#fits(to));
    const endsNow = ended || (starts && to.kind === 'last' && this.#isLast);
    if (endsNow) this.#ranges.delete(command);
    else this.#ranges.set(command, end);
    return true;
  }

  /** Whether something was replaced. */
  #substitute({ expression, text, flags }: SedCommand): boolean {
    const line = this.#pattern;
    const wanted = Number(/\d+/.exec(flags)?.[0] ?? 1);
    const all = /^[^w]*g/.test(flags);
    let result = '';
    let copied = 0;
    let count = 0;
    let previous = -1;
    for (let at = 0; at <= line.length;) {
      const match = this.#search(expression, line, at);
      if (match === undefined) break;
      const empty = match.end === match.start;
      // An empty match right behind another match is none.
      if (!(empty && match.start === previous) && ++count >= wanted) {
        result += line.slice(copied, match.start) + expand(text, match.groups);
        copied = match.end;
        if (!all) break;
      }
      previous = match.end;
      at = empty ? match.end + 1 : match.end;
    }
    if (count < wanted) return false;
    this.#pattern = result + line.slice(copied);
    if (/^[^w]*p/.test(flags)) this.#print(this.#pattern);
    const [, file] = /w[ \t]*(.*)$/s.exec(flags) ?? [];
    if (file !== undefined) this.#files.write(file, `${this.#pattern}\n`);
    return true;
  }
}

function endOf(to: SedAddress, number: number): number {
  switch (to.kind) {
    case 'line':
      return to.line;
    case 'offset':
      return number + to.lines;
    case 'multiple':
      return to.of === 0 ? number : Math.ceil(number / to.of) * to.of;
    default:
      return Infinity;
  }
}

/** `&`, `\1`, `\n`, `\t` and the changes of letter case of a replacement. */
function expand(text: string, groups: readonly (string | undefined)[]): string {
  let result = '';
  let mode: 'U' | 'L' | '' = '';
  let once: 'u' | 'l' | '' = '';
  const add = (piece: string) => {
    let shown = mode === 'U' ? piece.toUpperCase() : mode === 'L' ? piece.toLowerCase() : piece;
    if (once !== '' && shown !== '') {
      const first = shown.charAt(0);
      shown = (once === 'u' ? first.toUpperCase() : first.toLowerCase()) + shown.slice(1);
      once = '';
    }
    result += shown;
  };
  for (const [whole, group, escaped] of text.matchAll(/\\([0-9])|\\([^])|[^]/g)) {
    if (group !== undefined) add(groups[Number(group)] ?? '');
    else if (escaped === undefined) add(whole === '&' ? (groups[0] ?? '') : whole);
    else if (escaped === 'U' || escaped === 'L') mode = escaped;
    else if (escaped === 'E') mode = '';
    else if (escaped === 'u' || escaped === 'l') once = escaped;
    else add(escaped === 'n' ? '\n' : escaped === 't' ? '\t' : escaped);
  }
  return result;
}

function transliterate(line: string, alphabets: string): string {
  const [from = '', to = ''] = alphabets.split('\n');
  const [before, after] = [Array.from(from), Array.from(to)];
  return Array.from(line, (char) => after[before.indexOf(char)] ?? char).join('');
}
