import { distance } from 'fastest-levenshtein';
import { z } from 'zod';
import type { Path, YamlText } from './positions.js';
import type { FileProblem } from './problem.js';

type Issue = z.core.$ZodIssue;

/** What the schema finds wrong, each at its place and with what would be accepted there. */
export function schemaProblems(error: z.ZodError, schema: z.ZodType, yaml: YamlText): FileProblem[] {
  return error.issues.flatMap((issue) => problemsOf(issue, schema, yaml, []));
}

function problemsOf(issue: Issue, schema: z.ZodType, yaml: YamlText, above: Path): FileProblem[] {
  const path = [...above, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
  if (issue.code === 'unrecognized_keys') {
    const accepted = acceptedKeys(schema, path);
    return issue.keys.map((key) => yaml.problemAt([...path, key], unknownKey(key, accepted)));
  }
  if (issue.code === 'invalid_union') {
    const best = closest(issue.errors);
    // A value of the wrong kind altogether is better described by all that is accepted.
    if (best?.some(({ path: deeper, code }) => deeper.length > 0 || code === 'unrecognized_keys') === true) {
      return best.flatMap((inner) => problemsOf(inner, schema, yaml, path));
    }
    return [yaml.problemAt(path, `${nameOf(path)} must be ${unionText(issue.errors)}`)];
  }
  if (!yaml.has(path)) return [yaml.problemAt(path, `${nameOf(path)} is missing`)];
  return [yaml.problemAt(path, `${nameOf(path)} ${textOf(issue)}`)];
}

/** The alternative with the fewest problems: what was most likely meant. */
function closest(errors: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  return [...errors].sort((a, b) => weight(a) - weight(b))[0];
}

/** An absent key or a wrong one says that another alternative was meant. */
function weight(issues: readonly Issue[]): number {
  const one = (issue: Issue): number => (issue.code === 'unrecognized_keys' ? 1 + issue.keys.length : 1);
  return issues.reduce((sum, issue) => sum + one(issue), 0);
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping (KEY: VALUE)',
  record: 'a mapping (KEY: VALUE)',
};

function textOf(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${KINDS[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return issue.origin === 'array' || issue.origin === 'string'
        ? 'is empty'
        : `must be at least ${String(issue.minimum)}`;
    case 'too_big':
      return `must be at most ${String(issue.maximum)}`;
    default:
      return issue.message;
  }
}

function unionText(errors: readonly (readonly Issue[])[]): string {
  const kinds = errors.flatMap((issues) => issues.map((issue) => textOf(issue).replace(/^must be /, '')));
  return [...new Set(kinds)].join(' or ');
}

function nameOf(path: Path): string {
  if (path.length === 0) return 'the file';
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '');
}

function unknownKey(key: string, accepted: readonly string[]): string {
  const near = accepted.filter((other) => distance(key, other) <= 2 || other.endsWith(`-${key}`));
  if (near.length > 0) return `there is no key ${key} here; did you mean ${near.slice(0, 3).join(' or ')}?`;
  return `there is no key ${key} here; accepted: ${accepted.join(', ')}`;
}

/** The keys that the schema has at a path; of a union, those of all alternatives. */
function acceptedKeys(schema: unknown, path: Path): string[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)
    return acceptedKeys(schema.unwrap(), path);
  if (schema instanceof z.ZodPipe) return acceptedKeys(schema.in, path);
  if (schema instanceof z.ZodUnion) {
    return [...new Set(schema.options.flatMap((option) => acceptedKeys(option, path)))];
  }
  const [first, ...rest] = path;
  if (schema instanceof z.ZodObject) {
    const shape: Readonly<Record<string, unknown>> = schema.shape;
    if (first === undefined) return Object.keys(shape);
    return acceptedKeys(shape[String(first)], rest);
  }
  if (schema instanceof z.ZodArray) return acceptedKeys(schema.element, rest);
  if (schema instanceof z.ZodRecord) return acceptedKeys(schema.valueType, rest);
  return [];
}
