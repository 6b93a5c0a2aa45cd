export type { SettingNames } from './advice.js';
export { createHttpClient, type ChainTools, type HttpClient } from './chain.js';
export type { Call, Method } from './exchange.js';
export { mayHaveHappened, noAnswerOf, Refusal, refusalOf } from './failure.js';
export type { JsonReply } from './parse.js';
