import { Ajv } from 'ajv';
import schema from '../schema/prism-v3.json';
import { unprocessable } from '../refusal.js';
import type { RequestBodies } from '../schema/request-bodies.js';
import { fieldPath, problemText } from './problem-text.js';

/**
 * Checks request bodies against the vendor's schema and answers like the real server: 422 with `details`
 * keyed by field path. The schema is read, and each definition compiled, when it is first needed.
 */
export class RequestValidator {
  #schema: Ajv | undefined;

  /** The body, known to fit `definition`. Throws a Refusal (422). */
  check<Name extends keyof RequestBodies>(
    definition: Name,
    body: unknown,
    kind?: string,
  ): RequestBodies[Name] {
    this.#schema ??= readSchema();
    const validate = this.#schema.getSchema(`prism#/definitions/${definition}`);
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

/** The vendor's schema needs no check against the schema of schemas. */
function readSchema(): Ajv {
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    verbose: true,
    unicodeRegExp: false,
    validateSchema: false,
  });
  ajv.addSchema({ $id: 'prism', ...schema });
  return ajv;
}

/** The schema is what makes a body of unknown type one of a known type. */
function fits<Name extends keyof RequestBodies>(
  _definition: Name,
  body: unknown,
  validate: (body: unknown) => unknown,
): body is RequestBodies[Name] {
  return validate(body) === true;
}
