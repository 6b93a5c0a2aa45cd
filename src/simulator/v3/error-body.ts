import type { Refusal } from '../core/refusal.js';
import type { ErrorAnswers } from '../http/api.js';
import type { Answer } from '../http/route.js';

export const errorAnswers: ErrorAnswers = {
  refused: (refusal) => refusalAnswer(refusal),
  // An unknown path never reaches the API: its web framework answers by itself.
  unknownPath: () => ({
    status: 404,
    body: {
      message:
        'The requested URL was not found on the server. If you entered the URL manually please check your ' +
        'spelling and try again.',
    },
  }),
  wrongMethod: () => ({
    status: 405,
    body: { message: 'The method is not allowed for the requested URL.' },
  }),
};

/** The API's error object. */
function refusalAnswer(refusal: Refusal): Answer {
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
