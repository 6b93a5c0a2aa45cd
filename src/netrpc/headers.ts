import { gob, type GobType } from '../gob/index.js';

/** The argument of a call without one, and the reply of a call without one. */
export const emptyStruct: GobType = gob.struct('', {});

/** In front of each argument. Seq counts from 0 per connection and is repeated in the reply. */
export const requestType: GobType = gob.struct('rpc.Request', { ServiceMethod: gob.string, Seq: gob.uint64 });

/** In front of each reply. Error: the text, empty for success. */
export const responseType: GobType = gob.struct('rpc.Response', {
  ServiceMethod: gob.string,
  Seq: gob.uint64,
  Error: gob.string,
});

export interface Request {
  readonly ServiceMethod: string;
  readonly Seq: number | bigint;
}

export interface Response extends Request {
  readonly Error: string;
}

/** Narrows what was decoded as `requestType`. */
export function isRequest(value: unknown): value is Request {
  return (
    typeof value === 'object' &&
    value !== null &&
    'ServiceMethod' in value &&
    typeof value.ServiceMethod === 'string' &&
    'Seq' in value &&
    (typeof value.Seq === 'number' || typeof value.Seq === 'bigint')
  );
}

/** Narrows what was decoded as `responseType`. */
export function isResponse(value: unknown): value is Response {
  return isRequest(value) && 'Error' in value && typeof value.Error === 'string';
}
