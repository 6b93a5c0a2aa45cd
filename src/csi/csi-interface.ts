import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { common, parse, Root, type IConversionOptions, type Type } from 'protobufjs';

/** The text of proto/csi.proto, put in by scripts/bundle.mjs: an executable has no files beside it. */
declare const CSI_PROTO: string;

export type ServiceName = 'Identity' | 'Controller' | 'Node';

/** One call of a service: what is asked and answered, as plain objects with the fields' names in camelCase. */
export interface CsiMethod {
  readonly name: string;
  /** Throws on bytes that are no such message. Numbers are numbers, enumerations texts; absent messages are null. */
  decodeRequest(bytes: Uint8Array): unknown;
  encodeRequest(request: object): Buffer;
  decodeAnswer(bytes: Uint8Array): unknown;
  encodeAnswer(answer: object): Buffer;
}

export interface CsiService {
  /** As grpc-js wants it, with bytes as messages: who serves a call also decodes it, so that one place sees all errors. */
  readonly definition: ServiceDefinition;
  readonly methods: readonly CsiMethod[];
}

const PLAIN: IConversionOptions = { longs: Number, enums: String, defaults: true, oneofs: true };

/** Reads the interface; takes some 50 ms, once in a process. */
export function loadCsiInterface(): (service: ServiceName) => CsiService {
  const root = new Root();
  for (const file of ['google/protobuf/timestamp.proto', 'google/protobuf/wrappers.proto']) {
    root.addJSON(common.get(file)?.nested ?? {});
  }
  parse(protoText(), root);
  root.resolveAll();
  return (service) => serviceOf(root, service);
}

function protoText(): string {
  return typeof CSI_PROTO === 'undefined'
    ? readFileSync(join(__dirname, '../../proto/csi.proto'), 'utf8')
    : CSI_PROTO;
}

function serviceOf(root: Root, service: ServiceName): CsiService {
  const methods = root
    .lookupService(`csi.v1.${service}`)
    .methodsArray.map((method) =>
      methodOf(
        method.name,
        root.lookupType(`csi.v1.${method.requestType}`),
        root.lookupType(`csi.v1.${method.responseType}`),
      ),
    );
  return { methods, definition: definitionOf(service, methods) };
}

function methodOf(name: string, request: Type, answer: Type): CsiMethod {
  const encode = (type: Type, value: object): Buffer =>
    Buffer.from(type.encode(type.fromObject(value)).finish());
  const decode = (type: Type, bytes: Uint8Array): unknown => type.toObject(type.decode(bytes), PLAIN);
  return {
    name,
    decodeRequest: (bytes) => decode(request, bytes),
    encodeRequest: (value) => encode(request, value),
    decodeAnswer: (bytes) => decode(answer, bytes),
    encodeAnswer: (value) => encode(answer, value),
  };
}

function definitionOf(service: ServiceName, methods: readonly CsiMethod[]): ServiceDefinition {
  const same = (bytes: Buffer): Buffer => bytes;
  return Object.fromEntries(
    methods.map(({ name }) => [
      name,
      {
        path: `/csi.v1.${service}/${name}`,
        requestStream: false,
        responseStream: false,
        requestSerialize: same,
        requestDeserialize: same,
        responseSerialize: same,
        responseDeserialize: same,
      },
    ]),
  );
}
