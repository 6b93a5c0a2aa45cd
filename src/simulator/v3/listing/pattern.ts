import { notModelled } from '../refusal.js';

/** One character that fits, or any run of characters. */
type Element = 'run' | ((character: string) => boolean);

const PIECES = /\.\*|\[[^\]]+\]|(?:%[0-9A-Fa-f]{2})+|[^]/g;
/** Syntax of regular expressions that no public client was seen to send. */
const NOT_MODELLED = /[*+?^$\\{}[\]]/;

/** True for a filter's value that is a pattern: public clients write `vm_name==.*web.*`. */
export function isPattern(value: string): boolean {
  return value.includes('.*');
}

/**
 * Compiles a pattern of a filter: `.*` is any run of characters, `.` any one, `[a|A]` one of a class, and what is
 * percent-encoded stands for itself. The whole value has to fit, and upper and lower case differ: clients that
 * search without regard to case send `[w|W][e|E][b|B]`. Throws a Refusal (501) for other syntax.
 */
export function compilePattern(pattern: string): (text: string) => boolean {
  const elements = (pattern.match(PIECES) ?? []).flatMap(elementsOf);
  return (text) => fits(elements, Array.from(text));
}

function elementsOf(piece: string): Element[] {
  if (piece === '.*') return ['run'];
  if (piece === '.') return [() => true];
  if (piece.startsWith('[') && piece.length > 1) return [classOf(piece.slice(1, -1))];
  if (piece.startsWith('%') && piece.length > 1) return Array.from(decoded(piece), same);
  if (!NOT_MODELLED.test(piece)) return [same(piece)];
  const message = `"${piece}" in a pattern of a filter is not modelled by this simulator`;
  throw notModelled(message);
}

function same(character: string): Element {
  return (other) => other === character;
}

/** `a|A`, `a-z` and `^a`: the bar is an ordinary member of a class. */
function classOf(content: string): Element {
  const negated = content.startsWith('^');
  const members = (negated ? content.slice(1) : content).match(/[^]-[^]|[^]/g) ?? [];
  return (character) =>
    negated !==
    members.some((member) => {
      const [first = '', last = first] = member.length === 3 ? [member[0], member[2]] : [member];
      return character >= first && character <= last;
    });
}

/** Goes back to the last run only, which is enough, and takes no more steps than pattern times text. */
function fits(elements: readonly Element[], text: readonly string[]): boolean {
  let element = 0;
  let position = 0;
  let retry: { element: number; position: number } | undefined;
  while (position < text.length) {
    const wanted = elements[element];
    if (wanted === 'run') {
      element += 1;
      retry = { element, position };
    } else if (wanted?.(text[position] ?? '') === true) {
      element += 1;
      position += 1;
    } else if (retry !== undefined) {
      retry = { element: retry.element, position: retry.position + 1 };
      ({ element, position } = retry);
    } else {
      return false;
    }
  }
  return elements.slice(element).every((left) => left === 'run');
}

function decoded(piece: string): string {
  try {
    return decodeURIComponent(piece);
  } catch {
    return piece;
  }
}
