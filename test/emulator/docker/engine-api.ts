import { request, type RequestOptions } from 'node:https';
import { request as plainRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';

export interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One request on a connection of its own. */
export function ask(path: string, options: RequestOptions & { readonly plain?: boolean }): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const send = options.plain === true ? plainRequest : request;
    const sent = send({ agent: false, timeout: 120_000, ...options, path }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.on('timeout', () => sent.destroy(new Error('no answer')));
    sent.end();
  });
}
