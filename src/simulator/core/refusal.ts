/** What a client is told in an error, and what an entity says of its last failure. */
export interface Message {
  readonly message: string;
  readonly reason: string;
  /** Absent, field path to texts, or a plain text. */
  readonly details?: Readonly<Record<string, readonly string[]>> | string | undefined;
}

export interface RefusalFields {
  /** HTTP status when it is answered at once. */
  readonly status: number;
  readonly reason: string;
  readonly message: string;
  readonly details?: Message['details'];
  readonly kind?: string | undefined;
}

/**
 * The simulated server refuses: thrown where that is found out. An API turns it into its error body, a task into its
 * error. It is something that a client is told, not a fault of the simulator, and never leaves src/simulator.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly reason: string;
  readonly details: Message['details'];
  readonly kind: string | undefined;

  constructor(fields: RefusalFields) {
    super(fields.message);
    this.status = fields.status;
    this.reason = fields.reason;
    this.details = fields.details;
    this.kind = fields.kind;
  }

  static notFound(kind: string, uuid: string): Refusal {
    const message = `${kind} : ${uuid} does not exist.`;
    return new Refusal({ status: 404, reason: 'ENTITY_NOT_FOUND', message, kind });
  }

  /** 422: the body breaks the schema or a rule of the kind. Field paths are dotted; '' means the whole body. */
  static unprocessable(details: Readonly<Record<string, readonly string[]>>, kind?: string): Refusal {
    const message = 'Request could not be processed.';
    return new Refusal({ status: 422, reason: 'INVALID_REQUEST', message, details, kind });
  }

  static invalidArgument(message: string, kind?: string): Refusal {
    return new Refusal({ status: 400, reason: 'INVALID_ARGUMENT', message, kind });
  }

  static editConflict(kind: string, message = 'Edit conflict: please retry change.'): Refusal {
    return new Refusal({ status: 409, reason: 'CONCURRENT_REQUESTS_NOT_ALLOWED', message, kind });
  }

  static accessDenied(method: string, path: string): Refusal {
    const message = `No permission to access the resource. <Request '${path}' [${method}]>`;
    return new Refusal({ status: 403, reason: 'ACCESS_DENIED', message });
  }

  /** What a status or an error body lists. */
  get entry(): Message {
    const base = { message: this.message, reason: this.reason };
    return this.details === undefined ? base : { ...base, details: this.details };
  }
}
