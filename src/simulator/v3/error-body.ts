import { Refusal } from '../core/refusal.js';
import type { Answer } from '../http/route.js';

/** The API's error object. */
export function refusalAnswer(refusal: Refusal): Answer {
  return {
    status: refusal.status,
    body: {
      api_version: '3.1',
      code: refusal.status,
      ...(refusal.kind === undefined ? {} : { kind: refusal.kind }),
      message_list: [refusal.entry],
      state: 'ERROR',
    },
  };
}

/** An unknown path never reaches the API: its web framework answers by itself. */
export function unknownPathAnswer(): Answer {
  const message =
    'The requested URL was not found on the server. If you entered the URL manually please check your ' +
    'spelling and try again.';
  return { status: 404, body: { message } };
}

export function wrongMethodAnswer(): Answer {
  return { status: 405, body: { message: 'The method is not allowed for the requested URL.' } };
}

/** A fault of the simulator itself. */
export function internalErrorAnswer(): Answer {
  return refusalAnswer(
    new Refusal({ status: 500, reason: 'INTERNAL_ERROR', message: 'Internal Server Error.' }),
  );
}
