/** The syntax tree of the guest's shell: POSIX sh, and the forms of bash that provisioning scripts use. */

/** Whose grammar and messages a shell has: `sh` of Debian and Ubuntu is dash. */
export type Dialect = 'dash' | 'bash';

export type ParameterOperator =
  | '-'
  | '='
  | '?'
  | '+'
  | '#'
  | '##'
  | '%'
  | '%%'
  | '/'
  | '//'
  | ':'
  | '^'
  | '^^'
  | ','
  | ',,'
  | 'length'
  | 'plain'
  /** `${!name}`: the variable that the value names. */
  | 'indirect'
  /** What the shell does not know; an error when it is expanded, not when it is read. */
  | 'bad';

export type WordPart =
  | { readonly kind: 'literal'; readonly text: string; readonly quoted: boolean }
  | {
      readonly kind: 'parameter';
      readonly name: string;
      readonly operator: ParameterOperator;
      /** `:-` instead of `-`: an empty value counts as unset. */
      readonly orEmpty: boolean;
      readonly operand: Word;
      /** What replaces (`/`, `//`), or the length of a part (`:`). */
      readonly second?: Word | undefined;
      readonly quoted: boolean;
    }
  | { readonly kind: 'command'; readonly script: Script; readonly quoted: boolean }
  | { readonly kind: 'arithmetic'; readonly expression: Word; readonly quoted: boolean }
  /** `<(…)` and `>(…)`. */
  | {
      readonly kind: 'process';
      readonly direction: 'read' | 'write';
      readonly script: Script;
      readonly quoted: false;
    };

export type Word = readonly WordPart[];

export interface Assignment {
  readonly name: string;
  readonly value: Word;
  /** `NAME+=value`. */
  readonly append: boolean;
}

export type RedirectOperator = '<' | '>' | '>>' | '>|' | '<>' | '<&' | '>&' | '&>' | '&>>' | '<<' | '<<<';

export interface Redirect {
  /** Undefined = the operator's own (0 or 1). */
  readonly fd: number | undefined;
  readonly operator: RedirectOperator;
  /** File name, descriptor, or a here-document's text. */
  readonly target: Word;
}

export interface SimpleCommand {
  readonly kind: 'simple';
  readonly assignments: readonly Assignment[];
  readonly words: readonly Word[];
  readonly redirects: readonly Redirect[];
  /** Of the script, from 1; for messages. */
  readonly line: number;
}

export interface CaseBranch {
  readonly patterns: readonly Word[];
  readonly body: Script;
  /** `;;` leaves, `;&` runs the next branch as well, `;;&` goes on testing. */
  readonly end: ';;' | ';&' | ';;&';
}

export type CompoundBody =
  | { readonly kind: 'group'; readonly body: Script }
  | { readonly kind: 'subshell'; readonly body: Script }
  | {
      readonly kind: 'if';
      readonly branches: readonly { readonly condition: Script; readonly body: Script }[];
      readonly otherwise: Script | undefined;
    }
  | { readonly kind: 'while'; readonly until: boolean; readonly condition: Script; readonly body: Script }
  | {
      readonly kind: 'for';
      readonly variable: string;
      /** Undefined = the positional parameters. */
      readonly words: readonly Word[] | undefined;
      readonly body: Script;
    }
  | { readonly kind: 'case'; readonly subject: Word; readonly branches: readonly CaseBranch[] }
  /** `(( … ))`. */
  | { readonly kind: 'arithmetic'; readonly expression: Word }
  /** `[[ … ]]`; its operators are literal words. */
  | { readonly kind: 'conditional'; readonly words: readonly Word[] };

export interface CompoundCommand {
  readonly kind: 'compound';
  readonly body: CompoundBody;
  readonly redirects: readonly Redirect[];
  /** Of the script, from 1; for messages. */
  readonly line: number;
}

export interface FunctionDefinition {
  readonly kind: 'function';
  readonly name: string;
  readonly body: Command;
}

export type Command = SimpleCommand | CompoundCommand | FunctionDefinition;

export interface Pipeline {
  readonly negated: boolean;
  readonly commands: readonly Command[];
}

/** Pipelines joined by `&&` and `||`; the first one's `operator` is undefined. */
export interface AndOrList {
  readonly parts: readonly { readonly operator: '&&' | '||' | undefined; readonly pipeline: Pipeline }[];
  readonly background: boolean;
}

export type Script = readonly AndOrList[];

/** A script that cannot be parsed. */
export class ShellSyntaxError extends Error {
  override readonly name = 'ShellSyntaxError';

  constructor(
    message: string,
    /** The text so far is right, but more has to follow (an interactive shell asks for it). */
    readonly incomplete: boolean,
    /** Of the script, from 1. */
    readonly line: number,
  ) {
    super(message);
  }
}
