import { z } from 'zod';
import { capped, textOfHtml } from '../shared/index.js';
import { lenient } from './schema.js';

const entry = z.looseObject({
  message: lenient(z.string()),
  reason: lenient(z.string()),
  // Absent, a string, or an object from field path to a list of strings (reference 1.6).
  details: z.unknown().optional(),
});
const errorBody = z.looseObject({
  message_list: lenient(z.array(z.unknown())),
  message: lenient(z.string()),
});

export interface ErrorBody {
  readonly reasons: readonly string[];
  /** One line, at most 600 characters; '' when the body says nothing. */
  readonly text: string;
}

/** Reads any body that came with an error: the v3 object, another JSON object, HTML, plain text or nothing. */
export function readErrorBody(body: string): ErrorBody {
  const json = jsonOf(body);
  if (json === undefined) return { reasons: [], text: capped(textOfHtml(body)) };
  const parsed = errorBody.safeParse(json);
  if (!parsed.success) return { reasons: [], text: capped(body) };
  const messages = readMessages(parsed.data.message_list);
  if (messages.text !== '') return messages;
  return { reasons: [], text: capped(parsed.data.message ?? '') };
}

/** Reads a `message_list`, as error bodies and an entity's status have it. */
export function readMessages(list: readonly unknown[] | undefined): ErrorBody {
  const reasons: string[] = [];
  const texts: string[] = [];
  for (const item of list ?? []) {
    const parsed = entry.safeParse(item);
    if (!parsed.success) continue;
    const { message, reason, details } = parsed.data;
    if (reason !== undefined) reasons.push(reason);
    const text = [message ?? '', ...detailTexts(details)].filter((part) => part !== '').join('; ');
    texts.push(reason === undefined ? text : `${text === '' ? '' : `${text} `}[${reason}]`);
  }
  return { reasons, text: capped(texts.join(' / ')) };
}

function detailTexts(details: unknown): string[] {
  if (typeof details === 'string') return [details];
  if (typeof details !== 'object' || details === null) return [];
  return Object.entries(details).flatMap(([path, value]: [string, unknown]) => {
    const values = (Array.isArray(value) ? value : [value]).map(String);
    return values.map((text) => (path === '' ? text : `${path}: ${text}`));
  });
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
