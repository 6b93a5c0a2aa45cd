import type { InnerSend } from '../../http/api.js';
import { ok, type Answer, type Call, type Route } from '../../http/route.js';
import { unprocessable } from '../refusal.js';
import type { BatchInput } from '../schema/request-bodies.js';
import type { V3World } from '../world.js';

const kind = 'batch';
const MOST_REQUESTS = 60;

type Inner = BatchInput['api_request_list'][number];
interface InnerAnswer {
  readonly status: string;
  readonly path_and_params: string;
  readonly api_response: unknown;
}

/** batch: inner requests go the same way as outer ones, with the outer one's credentials. */
export function batchRoutes(world: V3World, send: InnerSend): Route[] {
  return [{ method: 'POST', path: '/batch', kind, handle: (call) => batch(world, send, call) }];
}

async function batch(world: V3World, send: InnerSend, call: Call): Promise<Answer> {
  const input = world.validator.check('batch_request', call.body, kind);
  const requests = input.api_request_list;
  if (requests.length > MOST_REQUESTS) {
    const problem = `${String(requests.length)} requests are more than ${String(MOST_REQUESTS)}`;
    throw unprocessable({ api_request_list: [problem] }, kind);
  }
  const answers =
    input.execution_order === 'NON_SEQUENTIAL'
      ? await Promise.all(requests.map((request) => perform(send, call, request)))
      : await inOrder(requests, input.action_on_failure === 'ABORT', (request) =>
          perform(send, call, request),
        );
  return ok({ api_version: '3.1', api_response_list: answers });
}

async function inOrder(
  requests: readonly Inner[],
  stopAtFailure: boolean,
  run: (request: Inner) => Promise<InnerAnswer>,
): Promise<InnerAnswer[]> {
  const answers: InnerAnswer[] = [];
  for (const request of requests) {
    const answer = await run(request);
    answers.push(answer);
    if (stopAtFailure && Number(answer.status) >= 400) break;
  }
  return answers;
}

async function perform(send: InnerSend, call: Call, request: Inner): Promise<InnerAnswer> {
  const response = await send({
    method: methodOf(request.operation),
    url: request.path_and_params,
    headers: credentialsOf(call),
    body: request.body,
  });
  return {
    status: String(response.status),
    path_and_params: request.path_and_params,
    api_response: response.body === '' ? {} : parsed(response.body),
  };
}

function methodOf(operation: string): Route['method'] {
  switch (operation) {
    case 'GET':
    case 'POST':
    case 'PUT':
    case 'DELETE':
      return operation;
    default:
      throw unprocessable({ operation: [`'${operation}' is not modelled by this simulator`] }, kind);
  }
}

function credentialsOf({ headers }: Call): Record<string, string> {
  const result: Record<string, string> = { 'content-type': 'application/json' };
  for (const name of ['authorization', 'cookie', 'x-ntnx-api-key']) {
    const value = headers[name];
    if (typeof value === 'string') result[name] = value;
  }
  return result;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return { message: body };
  }
}
