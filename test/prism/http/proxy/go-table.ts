import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { chooseProxy } from '../../../../src/prism/http/proxy/index.js';
import { signInOf } from '../../../../src/prism/http/proxy/tunnel.js';
import { hasCode } from '../../../../src/support/index.js';

const shape = z.object({
  go: z.string(),
  cases: z.array(
    z.object({
      what: z.string(),
      environment: z.record(z.string(), z.string()),
      url: z.string(),
      answer: z.object({ proxy: z.string().optional(), signIn: z.string().optional() }),
    }),
  ),
});

/** What Go's HTTP client does with the environment, as recorded (see test/interop/proxy). */
export function goTable(): z.infer<typeof shape> {
  const path = join(__dirname, '..', '..', '..', 'golden', 'proxy', 'environment.json');
  return shape.parse(JSON.parse(readFileSync(path, 'utf8')));
}

export type GoCase = z.infer<typeof shape>['cases'][number];

/** What we make of a question: the proxy and what is sent to it, `direct`, or `refused`. */
export function ourAnswer(question: GoCase): string {
  const { host, port } = serverOf(question);
  try {
    const proxy = chooseProxy(host, port, undefined, question.environment);
    if (proxy === undefined) return 'direct';
    return `${proxy.url.protocol}//${proxy.url.host} ${signInOf(proxy.url) ?? ''}`;
  } catch (error) {
    if (!hasCode(error, 'invalid-input')) throw error;
    return 'refused';
  }
}

/** Host (IPv6 without brackets) and port of a question's URL. */
function serverOf({ url }: GoCase): { readonly host: string; readonly port: number } {
  const [, v6, name = '', port = '443'] = /^https:\/\/(?:\[(.*)\]|([^:/]*))(?::(\d+))?\/$/.exec(url) ?? [];
  return { host: v6?.replace('%25', '%') ?? name, port: Number(port) };
}
