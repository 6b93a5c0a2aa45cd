export type { SettingNames } from './advice.js';
export { createHttpClient, type ChainTools, type HttpClient } from './chain.js';
export type { ErrorMeaning } from './errors.js';
export type { HttpCall, HttpMethod } from './exchange.js';
export { mayHaveHappened, noAnswerBehind, HttpRefusal, refusalBehind } from './failure.js';
export type { JsonReply } from './parse.js';
export { accountInWords } from './session/credentials.js';
export type { Admission, EarlierRefusal, SignInGate, SignInOutcome } from './session/sign-in-gate.js';
