import { printable } from '../context/reporter.js';

/** One entity that the user may take. */
export interface Offered {
  readonly id: string;
  readonly name: string;
  /** What helps to choose it, such as its size. */
  readonly note?: string | undefined;
}

/** What is chosen: in a user's words, and how it is chosen without a question. */
export interface Choosable {
  readonly word: string;
  readonly option: string;
  /** The option's value. */
  readonly given: string | undefined;
  /** What the environment says; a user at a terminal sees it as the default. */
  readonly usual: { readonly variable: string; readonly value: string } | undefined;
}

/** Asks a question and resolves with the line; `say` writes a line of its own. */
export interface Dialogue {
  readonly ask: (question: string) => Promise<string>;
  readonly say: (line: string) => void;
}

/** More than these do not help to choose: a part of the name finds the others. */
const SHOWN = 20;

/** A name as it is shown: any user of Prism Central may have given it. */
export function shownName(name: string): string {
  // Nor may it turn the direction of writing, or hold what is not seen.
  return printable(name).replaceAll(/[\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
}

/**
 * The candidate that the option means, or the only one; otherwise the user's choice. Without a user the environment
 * counts, and a text says what is wrong and what there is.
 */
export async function chooseOne<C extends Offered>(
  { word, option, given, usual }: Choosable,
  candidates: readonly C[],
  dialogue: Dialogue | undefined,
): Promise<C | string> {
  const [first, second] = candidates;
  if (first === undefined)
    return `${option}: this account sees no ${word} that a host can have; check its role`;
  if (given !== undefined) return named(option, given, candidates);
  if (second === undefined) {
    dialogue?.say(`${capital(word)}: ${shownName(first.name)} (the only one)`);
    return first;
  }
  if (dialogue !== undefined) return await asked(word, usualFirst(candidates, usual?.value), dialogue);
  if (usual !== undefined) return named(`${option} ($${usual.variable})`, usual.value, candidates);
  return `${option} is needed; there are ${listed(candidates)}`;
}

/**
 * As `chooseOne`, where a host may have several: option and environment take a list with commas, for a name without any. A
 * list of the environment is one of the choices of a user at a terminal, the first.
 */
export async function chooseSome<C extends Offered>(
  what: Choosable,
  candidates: readonly C[],
  dialogue: Dialogue | undefined,
): Promise<readonly C[] | string> {
  const { option, given, usual } = what;
  if (candidates.length > 0 && given !== undefined) return allNamed(option, given, candidates);
  if (candidates.length > 0 && usual !== undefined && namesIn(usual.value, candidates).length > 1) {
    const list = allNamed(`${option} ($${usual.variable})`, usual.value, candidates);
    if (dialogue === undefined) return list;
    if (typeof list !== 'string') {
      const name = list.map((one) => one.name).join(', ');
      const together: Offered = { id: usual.value, name, note: `$${usual.variable}` };
      const chosen = await asked<Offered>(what.word, [together, ...candidates], dialogue);
      return chosen === together ? list : candidates.filter((one) => one === chosen);
    }
  }
  const one = await chooseOne(what, candidates, dialogue);
  return typeof one === 'string' ? one : [one];
}

/** One name where the whole text is one, else what stands between commas. */
function namesIn(text: string, candidates: readonly Offered[]): readonly string[] {
  if (candidates.some(({ name }) => name === text)) return [text];
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** What each name of a list means, in its order; a text says what is wrong with the first that means none. */
function allNamed<C extends Offered>(
  option: string,
  text: string,
  candidates: readonly C[],
): readonly C[] | string {
  const found: C[] = [];
  for (const name of namesIn(text, candidates)) {
    const one = named(option, name, candidates);
    if (typeof one === 'string') return one;
    found.push(one);
  }
  return found.length > 0 ? found : notThere(option, text, candidates);
}

function usualFirst<C extends Offered>(candidates: readonly C[], usual: string | undefined): readonly C[] {
  const isUsual = ({ id, name }: Offered): boolean => name === usual || id === usual?.toLowerCase();
  return [...candidates.filter(isUsual), ...candidates.filter((one) => !isUsual(one))];
}

function named<C extends Offered>(option: string, wanted: string, candidates: readonly C[]): C | string {
  const matches = candidates.filter(({ id, name }) => name === wanted || id === wanted.toLowerCase());
  const [only, second] = matches;
  if (only === undefined) return notThere(option, wanted, candidates);
  if (second === undefined) return only;
  const shown = `${option} "${shownName(wanted)}"`;
  const each = matches.map(({ id, note }) => shownName(note === undefined ? id : `${id} (${note})`));
  return `${shown} fits ${matches.length}: ${each.join(', ')}; give the UUID`;
}

function notThere(option: string, wanted: string, candidates: readonly Offered[]): string {
  return `${option} "${shownName(wanted)}" is not there; there are ${listed(candidates)}`;
}

function listed(candidates: readonly Offered[]): string {
  const names = [...new Set(candidates.map(({ name }) => `"${shownName(name)}"`))];
  const more = names.length - SHOWN;
  return `${names.slice(0, SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Asks until the answer is a number that is shown, a name, or nothing, which takes the first. */
async function asked<C extends Offered>(word: string, all: readonly C[], { ask, say }: Dialogue): Promise<C> {
  let shown: readonly C[] = all;
  show(word, shown, say);
  for (;;) {
    const answer = (await ask(`${capital(word)} [1]: `)).trim();
    // A number that is not on the screen may be a name, such as that of a VLAN, or a part of one.
    const numbered = /^\d*$/.test(answer) ? shown.slice(0, SHOWN)[Number(answer || '1') - 1] : undefined;
    const chosen = numbered ?? exact(answer, all);
    if (chosen !== undefined) {
      say(`${capital(word)}: ${shownName(chosen.name)}`);
      return chosen;
    }
    const parts = all.filter(({ name }) => name.toLowerCase().includes(answer.toLowerCase()));
    if (parts.length === 0) {
      const last = Math.min(shown.length, SHOWN);
      say(`There is no ${shownName(answer)} here: type a number from 1 to ${last}, or a part of a name.`);
      continue;
    }
    shown = parts;
    show(word, shown, say);
  }
}

/** The one of this name or UUID, unless there are several. */
function exact<C extends Offered>(answer: string, all: readonly C[]): C | undefined {
  const matches = all.filter(({ id, name }) => name === answer || id === answer.toLowerCase());
  return matches.length === 1 ? matches[0] : undefined;
}

function show(word: string, shown: readonly Offered[], say: Dialogue['say']): void {
  say(`Choose the ${word}:`);
  const width = String(Math.min(shown.length, SHOWN)).length;
  shown.slice(0, SHOWN).forEach(({ id, name, note }, index) => {
    const isAlone = shown.every((other) => other.id === id || other.name !== name);
    const remarks = [...(note === undefined ? [] : [note]), ...(isAlone ? [] : [shownName(id)])].join(', ');
    const number = String(index + 1).padStart(width);
    say(`  ${number}  ${shownName(name)}${remarks === '' ? '' : `  (${remarks})`}`);
  });
  if (shown.length > SHOWN) say(`  … and ${shown.length - SHOWN} more: type a part of the name`);
}

function capital(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
