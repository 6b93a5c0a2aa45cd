import { isDeepStrictEqual } from 'node:util';
import {
  isMap,
  isSeq,
  parseDocument,
  stringify,
  type DocumentOptions,
  type ParseOptions,
  type SchemaOptions,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { isList, isPlainMap, type PlainMap } from './guest-setup.js';

/**
 * Changes a YAML tree that stands for `before` so that it stands for `after`, touching nothing that is equal
 * in both: comments, quoting and order of the rest stay. Only additions and replacements are known; a key that
 * `after` lacks is left where it is. An alias that has to change is replaced by a value of its own.
 */
export function graft(node: YAMLMap, before: PlainMap, after: PlainMap): void {
  for (const [key, value] of Object.entries(after)) {
    const was = before[key];
    if (isDeepStrictEqual(was, value)) continue;
    const child: unknown = node.get(key, true);
    if (isMap(child) && isPlainMap(was) && isPlainMap(value)) graft(child, was, value);
    else if (isSeq(child) && isList(was) && isList(value)) graftList(child, was, value);
    else node.set(key, nodeOf(value));
  }
}

function graftList(node: YAMLSeq, before: readonly unknown[], after: readonly unknown[]): void {
  after.forEach((value, index) => {
    const was = before[index];
    if (index >= before.length) node.add(nodeOf(value));
    else if (isDeepStrictEqual(was, value)) return;
    else {
      const child = node.items[index];
      if (isMap(child) && isPlainMap(was) && isPlainMap(value)) graft(child, was, value);
      else node.set(index, nodeOf(value));
    }
  });
}

/** A value as YAML 1.1 writes it, so that text which looks like a number or a boolean is quoted. */
function nodeOf(value: unknown): unknown {
  return parseDocument(toYaml(value), VERBATIM).contents;
}

type ReadOptions = ParseOptions & DocumentOptions & SchemaOptions;

/** Reads all plain scalars as text, so that each is written back as it was: 0644, yes, 08:30. */
export const VERBATIM: ReadOptions = { schema: 'failsafe', customTags: ['null'], uniqueKeys: false };

/**
 * cloud-init reads YAML 1.1; `<<` merges; of two equal keys the later one counts. Errors do not quote the text:
 * users keep join tokens in it.
 */
export const AS_CLOUD_INIT: ReadOptions = {
  version: '1.1',
  merge: true,
  uniqueKeys: false,
  prettyErrors: false,
};

export function toYaml(value: unknown): string {
  return stringify(value, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false });
}
