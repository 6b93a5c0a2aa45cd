import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { named } from '../http/server.js';
import { etagOf, hashesOfScripts, pageFiles } from './page-files.js';
import { viewOf, type ViewFilter } from './view.js';
import { addWorkbench, type Workbench } from './workbench/workbench-routes.js';

const LONGEST_FILTER = 200;

/**
 * Only files of this server, and the script inside the page; no script in a string, no HTML from a string, nothing sent
 * anywhere, nothing framed: whatever a client calls its VM stays a text.
 */
const policyWith = (inlineScripts: readonly string[]): string =>
  [
    "default-src 'none'",
    ["script-src 'self'", ...inlineScripts].join(' '),
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');

const HEADERS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  // No other site's page may load what is here, not even as an image or a script.
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cache-Control': 'no-cache',
};

/**
 * A page for browsers, outside the API. Like `/simulator/state` it wants no credentials and has no secrets.
 *
 *   GET /                      the page
 *   GET /simulator/page/:file  what it loads
 *   GET /simulator/view        what it shows, as JSON: `filter` chooses VMs, the ETag changes with the content
 *   /simulator/workbench/…     what its own scripts may do, on this machine only
 */
export async function servePage(app: FastifyInstance, bench: Workbench): Promise<void> {
  const files = pageFiles();
  const policy = policyWith(hashesOfScripts(files.get('index.html')?.text ?? ''));
  const sendFile = (name: string, request: FastifyRequest, reply: FastifyReply): void => {
    const file = files.get(name);
    if (file === undefined) reply.callNotFound();
    else sendText(request, reply, file);
  };
  const page = named('page', (scope, _options, done) => {
    const method = ['GET', 'HEAD'];
    scope.addHook('onRequest', (_request, reply, next) => {
      void reply.headers(HEADERS).header('Content-Security-Policy', policy);
      next();
    });
    scope.route({ method, url: '/', handler: (request, reply) => sendFile('index.html', request, reply) });
    scope.route<{ Params: { file: string } }>({
      method,
      url: '/simulator/page/:file',
      handler: (request, reply) => sendFile(request.params.file, request, reply),
    });
    scope.route<{ Querystring: Readonly<Record<string, unknown>> }>({
      method,
      url: '/simulator/view',
      handler: (request, reply) => sendView(bench, filterOf(request.query), request, reply),
    });
    const workbench = named('workbench', (inner, _inner, ready) => {
      addWorkbench(inner, bench);
      ready();
    });
    void scope.register(workbench, { prefix: '/simulator/workbench' });
    done();
  });
  await app.register(page);
}

function filterOf(query: Readonly<Record<string, unknown>>): ViewFilter {
  const text = (name: string): string => {
    const value = query[name];
    return typeof value === 'string' ? value.slice(0, LONGEST_FILTER) : '';
  };
  return {
    vms: text('filter'),
    volumeGroups: text('volumeGroups'),
    tasks: text('tasks'),
    taskStatus: text('taskStatus'),
    requests: text('requests'),
    method: text('method'),
    status: text('status'),
  };
}

function sendView(bench: Workbench, filter: ViewFilter, request: FastifyRequest, reply: FastifyReply): void {
  const { time, ...content } = viewOf(bench, filter);
  const etag = etagOf(JSON.stringify(content));
  const text = JSON.stringify({ time, ...content });
  sendText(request, reply, { contentType: 'application/json; charset=utf-8', text, etag });
}

interface Text {
  readonly contentType: string;
  readonly text: string;
  readonly etag: string;
}

/** 304 without a body when the browser has it already. */
function sendText(request: FastifyRequest, reply: FastifyReply, { contentType, text, etag }: Text): void {
  void reply.header('ETag', etag);
  if (request.headers['if-none-match'] === etag) void reply.code(304).send();
  else void reply.type(contentType).send(text);
}
