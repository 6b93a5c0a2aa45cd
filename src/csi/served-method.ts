import { status } from '@grpc/grpc-js';
import type { z } from 'zod';
import { inputError } from '../support/index.js';
import type { CallContext, VolumeService } from '../volume/index.js';

/** The service, opened by the first call that needs it: what is wrong with its settings is what such a call answers. */
export type OpenService = () => Promise<VolumeService>;

/** One call as the driver serves it, whatever its message is. */
export interface ServedMethod {
  /** The status of `conflict` in this call. */
  readonly conflict: status;
  /** Reads a decoded request. Throws `invalid-input` with all that is wrong with it. */
  prepare(request: unknown, attempted: string): PreparedCall;
}

/** A request that has been read, and what it asks for. */
export interface PreparedCall {
  /** What the request says, for comparing it with another one. */
  readonly request: unknown;
  /** What it changes, e.g. `volume "db"`; one call at a time has a subject. undefined = it only reads. */
  readonly subject: string | undefined;
  run(context: CallContext): Promise<object>;
}

interface MethodDescription<Request> {
  /** What the call needs of its message; the rest is dropped. */
  readonly request: z.ZodType<Request>;
  readonly subject?: (request: Request) => string;
  readonly conflict?: status;
  run(request: Request, context: CallContext): Promise<object>;
}

/** A call with the types of its request between its parts. */
export function servedMethod<Request>(description: MethodDescription<Request>): ServedMethod {
  const { request: shape, subject, conflict = status.FAILED_PRECONDITION } = description;
  return {
    conflict,
    prepare: (unread, attempted) => {
      const read = shape.safeParse(unread);
      if (!read.success) {
        const problems = read.error.issues.map(({ path, message }) => `${fieldName(path)} ${message}`.trim());
        throw (
          inputError(attempted, problems) ??
          new Error('a request was refused, and no field of it is the cause')
        );
      }
      const request = read.data;
      return { request, subject: subject?.(request), run: (context) => description.run(request, context) };
    },
  };
}

/** A call that changes one volume, whose id is in its message: one such call about it is under way at a time. */
export function volumeMethod<Request extends { readonly volumeId: string }>(
  description: Omit<MethodDescription<Request>, 'subject'>,
): ServedMethod {
  return servedMethod({ ...description, subject: ({ volumeId }) => `volume ${volumeId}` });
}

/** A call that changes one volume and has nothing to answer but that it is done. */
export function volumeChange<Request extends { readonly volumeId: string }>({
  request,
  run,
}: {
  readonly request: z.ZodType<Request>;
  readonly run: (request: Request, context: CallContext) => Promise<void>;
}): ServedMethod {
  return volumeMethod({
    request,
    run: async (read, context) => {
      await run(read, context);
      return {};
    },
  });
}

/** A field by the name that it has in the interface: `volume_capabilities.0.access_mode`. */
function fieldName(path: readonly PropertyKey[]): string {
  return path.map((part) => String(part).replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)).join('.');
}
