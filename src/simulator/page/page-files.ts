import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { z } from 'zod';

export interface PageFile {
  readonly contentType: string;
  readonly text: string;
  readonly etag: string;
}

/** The files of browser/ by name, put in by scripts/bundle.mjs: an executable has no files beside it. */
declare const PAGE_FILES: unknown;

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** What the browser loads: the files of browser/, by name. */
export function pageFiles(): ReadonlyMap<string, PageFile> {
  const texts = typeof PAGE_FILES === 'undefined' ? filesBeside() : bundled.parse(PAGE_FILES);
  return new Map(Object.entries(texts).map(([name, text]) => [name, pageFile(name, text)]));
}

/** Changes whenever the text does; short, because there is no reason to forge it. */
export function etagOf(text: string): string {
  return `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
}

/** The scripts inside an HTML text, as sources of a Content-Security-Policy: a browser runs no other ones. */
export function hashesOfScripts(html: string): string[] {
  return [...html.matchAll(/<script>([^]*?)<\/script>/g)].map(
    ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  );
}

const bundled = z.record(z.string(), z.string());

function filesBeside(): Record<string, string> {
  const folder = join(__dirname, 'browser');
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
}

function pageFile(name: string, text: string): PageFile {
  const contentType = CONTENT_TYPES[extname(name)] ?? 'text/plain; charset=utf-8';
  return { contentType, text, etag: etagOf(text) };
}
