import { gob, type Infer } from '../gob/index.js';

/** Go's `struct {}`: the argument of a call without one, the reply of a call without one, the body of an error. */
export const emptyStruct = gob.struct('', {});

/** In front of each argument. Seq counts from 0 per connection and is repeated in the reply. */
export const requestType = gob.struct('rpc.Request', { ServiceMethod: gob.string, Seq: gob.uint64 });

/** In front of each reply. Error: the text, empty for success. */
export const responseType = gob.struct('rpc.Response', {
  ServiceMethod: gob.string,
  Seq: gob.uint64,
  Error: gob.string,
});

export type RequestHeader = Infer<typeof requestType>;
export type ResponseHeader = Infer<typeof responseType>;
