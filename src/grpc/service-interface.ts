import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import { common, parse, Root, type IConversionOptions, type Type } from 'protobufjs';

/** One call of a service: what is asked and answered, as plain objects with the fields' names in camelCase. */
export interface GrpcMethod {
  readonly name: string;
  /** As it goes over the wire: `/PACKAGE.SERVICE/METHOD`. */
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  /** Throws on bytes that are no such message. Enumerations are texts; absent messages are null. */
  decodeRequest(bytes: Uint8Array): unknown;
  encodeRequest(request: object): Buffer;
  decodeAnswer(bytes: Uint8Array): unknown;
  encodeAnswer(answer: object): Buffer;
}

export interface GrpcService {
  /** As grpc-js wants it, with bytes as messages: who serves a call also decodes it, so that one place sees all errors. */
  readonly definition: ServiceDefinition;
  readonly methods: readonly GrpcMethod[];
}

/** A service and who answers it, as a server of grpc-js takes them. */
export interface OfferedService {
  readonly definition: ServiceDefinition;
  readonly implementation: UntypedServiceImplementation;
}

export interface InterfaceOptions {
  /** What 64-bit numbers become: numbers lose what is beyond 2^53. */
  readonly longs: 'numbers' | 'texts';
}

/** Comes with protobufjs; an interface imports it by these names. */
const WELL_KNOWN = ['empty', 'timestamp', 'wrappers'].map((name) => `google/protobuf/${name}.proto`);

/**
 * Reads an interface from the text of a .proto file; takes some milliseconds, and 50 for CSI. The function takes the name
 * of a service with its package, e.g. `csi.v1.Identity`, and throws on one that the text has not.
 */
export function readInterface(text: string, { longs }: InterfaceOptions): (service: string) => GrpcService {
  const root = new Root();
  for (const file of WELL_KNOWN) root.addJSON(common.get(file)?.nested ?? {});
  parse(text, root);
  root.resolveAll();
  const conversion: IConversionOptions = {
    longs: longs === 'numbers' ? Number : String,
    enums: String,
    defaults: true,
    oneofs: true,
  };
  return (service) => serviceOf(root, service, conversion);
}

/** The text of a file of proto/. An executable has no files beside it: scripts/bundle.mjs puts the texts in. */
export function protoFile(name: string): string {
  return readFileSync(join(__dirname, '../../proto', name), 'utf8');
}

function serviceOf(root: Root, name: string, conversion: IConversionOptions): GrpcService {
  const service = root.lookupService(name);
  const methods = service.methodsArray.map((method): GrpcMethod => {
    const requestType = service.lookupType(method.requestType);
    const responseType = service.lookupType(method.responseType);
    return {
      name: method.name,
      path: `/${name}/${method.name}`,
      requestStream: method.requestStream ?? false,
      responseStream: method.responseStream ?? false,
      decodeRequest: (bytes) => decode(requestType, bytes, conversion),
      encodeRequest: (value) => encode(requestType, value),
      decodeAnswer: (bytes) => decode(responseType, bytes, conversion),
      encodeAnswer: (value) => encode(responseType, value),
    };
  });
  return { methods, definition: definitionOf(methods) };
}

function encode(type: Type, value: object): Buffer {
  return Buffer.from(type.encode(type.fromObject(value)).finish());
}

/** protobufjs takes a text that ends before its length from a Buffer, and refuses it from other bytes. */
function decode(type: Type, bytes: Uint8Array, conversion: IConversionOptions): unknown {
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return type.toObject(type.decode(plain), conversion);
}

function definitionOf(methods: readonly GrpcMethod[]): ServiceDefinition {
  const same = (bytes: Buffer): Buffer => bytes;
  return Object.fromEntries(
    methods.map(({ name, path, requestStream, responseStream }) => [
      name,
      {
        path,
        requestStream,
        responseStream,
        requestSerialize: same,
        requestDeserialize: same,
        responseSerialize: same,
        responseDeserialize: same,
      },
    ]),
  );
}
