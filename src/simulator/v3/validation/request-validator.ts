import { Ajv } from 'ajv';
import schema from '../schema/prism-v3.json';
import { unprocessable } from '../refusal.js';
import type { RequestBodies } from '../schema/request-bodies.js';
import { fieldPath, problemText } from './problem-text.js';

/**
 * Checks request bodies against the vendor's schema and answers like the real server: 422 with `details`
 * keyed by field path. Each definition is compiled when it is first needed.
 */
export class RequestValidator {
  readonly #ajv = new Ajv({ strict: false, allErrors: true, verbose: true, unicodeRegExp: false });

  constructor() {
    this.#ajv.addSchema({ $id: 'prism', ...schema });
  }

  /** The body, known to fit `definition`. Throws a Refusal (422). */
  check<Name extends keyof RequestBodies>(
    definition: Name,
    body: unknown,
    kind?: string,
  ): RequestBodies[Name] {
    const validate = this.#ajv.getSchema(`prism#/definitions/${definition}`);
    if (validate === undefined) throw new Error(`the schema has no definition ${definition}`);
    if (fits(definition, body, validate)) return body;
    const details: Record<string, string[]> = {};
    for (const error of validate.errors ?? []) {
      // A oneOf repeats each branch's complaint; only its own is told.
      if (error.schemaPath.includes('/oneOf/')) continue;
      (details[fieldPath(error)] ??= []).push(problemText(error));
    }
    throw unprocessable(details, kind);
  }
}

/** The schema is what makes a body of unknown type one of a known type. */
function fits<Name extends keyof RequestBodies>(
  _definition: Name,
  body: unknown,
  validate: (body: unknown) => unknown,
): body is RequestBodies[Name] {
  return validate(body) === true;
}
