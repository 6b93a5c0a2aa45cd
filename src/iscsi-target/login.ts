import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { MOST_DATA } from './pdu.js';
import { clientOf, type IscsiTarget, type TargetClient } from './target.js';

/** Stages of a login (RFC 7143, 6.3). */
export const STAGE = { security: 0, operation: 1, full: 3 } as const;

/** Why a login ends: class and detail of the status (RFC 7143, 11.13.5). */
export const LOGIN_END = {
  moved: [1, 1],
  refused: [2, 1],
  forbidden: [2, 2],
  unknownTarget: [2, 3],
  missing: [2, 7],
} as const;
type LoginEnd = (typeof LOGIN_END)[keyof typeof LOGIN_END];

type Keys = readonly (readonly [string, string | number])[];

export type LoginAnswer =
  | { readonly kind: 'go-on'; readonly keys: Keys; readonly mayTransit: boolean }
  | { readonly kind: 'end'; readonly status: LoginEnd; readonly keys: Keys };

export interface LoginRequest {
  readonly stage: number;
  readonly wantsTransit: boolean;
  readonly keys: ReadonlyMap<string, string>;
}

export interface LoginPlace {
  findTarget(name: string): IscsiTarget | undefined;
  /** Where the initiator calls from. */
  readonly address: string;
  /** Another portal at which the target is to be had, `address:port`; undefined = here. */
  readonly movedTo: string | undefined;
}

/** Bytes of a burst, and of the first one, which comes with the command. */
const BURST = 1 << 18;
const FIRST_BURST = 1 << 16;
/** MD5, the only algorithm of CHAP that every initiator has. */
const CHAP_MD5 = '5';

/** The conversation by which an initiator becomes a session's: who it is, with whom, and what both keep to. */
export class Login {
  readonly #place: LoginPlace;
  readonly #said = new Map<string, string>();
  #challenge: { readonly id: number; readonly bytes: Buffer } | undefined;
  #isProven = false;
  #target: IscsiTarget | undefined;
  /** The most data that the initiator takes in one unit, bytes. */
  mostToSend = 8192;
  /** Bytes of one burst of a write. */
  burst = BURST;

  constructor(place: LoginPlace) {
    this.#place = place;
  }

  get initiatorName(): string {
    return this.#said.get('InitiatorName') ?? '';
  }

  /** Undefined in a session for discovery. */
  get target(): IscsiTarget | undefined {
    return this.#target;
  }

  take(request: LoginRequest): LoginAnswer {
    const { stage, wantsTransit, keys } = request;
    for (const [name, value] of keys) this.#said.set(name, value);
    if (this.initiatorName === '') return ended(LOGIN_END.missing);
    const entry = this.#enter();
    if (entry.kind === 'end') return entry;
    const { client } = entry;
    if (client?.secret === undefined) this.#isProven = true;
    const answer = stage === STAGE.security ? this.#prove(keys, client) : this.#agree(keys);
    if (answer === undefined) return ended(LOGIN_END.refused);
    if (wantsTransit && stage === STAGE.operation && !this.#isProven) return ended(LOGIN_END.refused);
    return { kind: 'go-on', keys: answer, mayTransit: this.#isProven };
  }

  /** Whether the initiator may talk to what it names. */
  #enter():
    { readonly kind: 'in'; readonly client?: TargetClient } | (LoginAnswer & { readonly kind: 'end' }) {
    if (this.#said.get('SessionType') === 'Discovery') return { kind: 'in' };
    const target = this.#place.findTarget(this.#said.get('TargetName') ?? '');
    if (target === undefined) return ended(LOGIN_END.unknownTarget);
    const client = clientOf(target, this.initiatorName, this.#place.address);
    if (client === undefined) return ended(LOGIN_END.forbidden);
    const { movedTo } = this.#place;
    if (movedTo !== undefined) return { ...ended(LOGIN_END.moved), keys: [['TargetAddress', movedTo]] };
    this.#target = target;
    return { kind: 'in', client };
  }

  /** CHAP (RFC 1994), one way; undefined = refused. */
  #prove(keys: ReadonlyMap<string, string>, client: TargetClient | undefined): Keys | undefined {
    const portal: Keys = this.#target === undefined ? [] : [['TargetPortalGroupTag', 1]];
    if (client?.secret === undefined)
      return keys.has('AuthMethod') ? [['AuthMethod', 'None'], ...portal] : [];
    const response = keys.get('CHAP_R');
    if (response !== undefined) {
      this.#isProven = keys.get('CHAP_N') === this.initiatorName && this.#isRight(response, client.secret);
      return this.#isProven ? [] : undefined;
    }
    if (keys.has('CHAP_A')) {
      if (keys.get('CHAP_A')?.split(',').includes(CHAP_MD5) !== true) return undefined;
      this.#challenge = { id: randomBytes(1).readUInt8(0), bytes: randomBytes(16) };
      const { id, bytes } = this.#challenge;
      return [
        ['CHAP_A', CHAP_MD5],
        ['CHAP_I', id],
        ['CHAP_C', `0x${bytes.toString('hex')}`],
      ];
    }
    const offersChap = keys.get('AuthMethod')?.split(',').includes('CHAP') === true;
    return offersChap ? [['AuthMethod', 'CHAP'], ...portal] : undefined;
  }

  #isRight(response: string, secret: string): boolean {
    if (this.#challenge === undefined) return false;
    const { id, bytes } = this.#challenge;
    const wanted = createHash('md5')
      .update(Buffer.from([id]))
      .update(secret)
      .update(bytes)
      .digest();
    const given = binary(response);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }

  #agree(keys: ReadonlyMap<string, string>): Keys {
    return [...keys].flatMap(([name, value]): Keys => {
      switch (name) {
        case 'InitiatorName':
        case 'InitiatorAlias':
        case 'TargetName':
        case 'SessionType':
          return [];
        case 'HeaderDigest':
        case 'DataDigest':
          return [[name, 'None']];
        case 'MaxRecvDataSegmentLength':
          this.mostToSend = Math.max(512, Math.min(Number(value), MOST_DATA));
          return [[name, MOST_DATA]];
        case 'MaxBurstLength':
          this.burst = Math.min(Number(value), BURST);
          return [[name, this.burst]];
        case 'FirstBurstLength':
          return [[name, Math.min(Number(value), FIRST_BURST)]];
        case 'InitialR2T':
        case 'DataPDUInOrder':
        case 'DataSequenceInOrder':
          return [[name, 'Yes']];
        case 'ImmediateData':
        case 'DefaultTime2Wait':
          return [[name, value]];
        case 'MaxConnections':
        case 'MaxOutstandingR2T':
          return [[name, 1]];
        case 'ErrorRecoveryLevel':
        case 'DefaultTime2Retain':
          return [[name, 0]];
        case 'IFMarker':
        case 'OFMarker':
          return [[name, 'No']];
        default:
          return [[name, 'NotUnderstood']];
      }
    });
  }
}

function ended(status: LoginEnd): LoginAnswer & { readonly kind: 'end' } {
  return { kind: 'end', status, keys: [] };
}

/** Binary values are hexadecimal or base 64. */
function binary(text: string): Buffer {
  if (/^0b/i.test(text)) return Buffer.from(text.slice(2), 'base64');
  return Buffer.from(text.replace(/^0x/i, ''), 'hex');
}
