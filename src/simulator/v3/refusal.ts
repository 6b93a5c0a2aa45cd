import { z } from 'zod';
import { Refusal, type RefusalFacts } from '../core/refusal.js';

/** One entry of `message_list`: of an error body, or of the status of an entity whose latest work failed. */
const messageShape = z.object({
  message: z.string(),
  reason: z.string(),
  /** Field path to texts, or a plain text. */
  details: z.union([z.string(), z.record(z.string(), z.array(z.string()).readonly()).readonly()]).optional(),
});

/** What a core's refusal with code `interface-rule` keeps of this API's words. */
const wordsShape = messageShape.omit({ message: true }).extend({
  status: z.int(),
  kind: z.string().optional(),
});

export type V3Message = z.infer<typeof messageShape>;
export type V3Words = z.infer<typeof wordsShape>;

/** What only this API refuses, or words in a way that follows from no fact of the core. */
export function v3Refusal({ message, ...words }: V3Words & V3Message): Refusal {
  return new Refusal({ code: 'interface-rule', words: { v3: words }, message });
}

/** This API's words for a refusal, if it is one of its own. */
export function ownWords(facts: RefusalFacts): V3Words | undefined {
  return facts.code === 'interface-rule' ? wordsShape.safeParse(facts.words['v3']).data : undefined;
}

/** 422: the body breaks the schema or a rule of the kind. Field paths are dotted; '' means the whole body. */
export function unprocessable(details: Readonly<Record<string, readonly string[]>>, kind?: string): Refusal {
  const message = 'Request could not be processed.';
  return v3Refusal({ status: 422, reason: 'INVALID_REQUEST', message, details, kind });
}

export function badArgument(message: string, kind?: string): Refusal {
  return v3Refusal({ status: 400, reason: 'INVALID_ARGUMENT', message, kind });
}

/** 501: this API has it, and this simulator does not. */
export function notModelled(message: string, kind?: string): Refusal {
  return v3Refusal({ status: 501, reason: 'REQUEST_NOT_SUPPORTED', message, kind });
}

/** 422: it has to stay. */
export function undeletable(message: string, kind?: string): Refusal {
  return v3Refusal({ status: 422, reason: 'ENTITY_DELETION_FAILED', message, kind });
}

/** The failure of an entity in a saved state from before failures had codes. */
export function failureFromMessage(message: unknown): RefusalFacts | undefined {
  const parsed = messageShape.safeParse(message);
  return parsed.success ? v3Refusal({ status: 500, ...parsed.data }).facts : undefined;
}
