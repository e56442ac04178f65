/**
 * The files of the page, read once. No part of a request becomes a path of the disk.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { header } from './headers.js';

interface StaticFile {
  readonly type: string;
  readonly etag: string;
  readonly isImmutable: boolean;
  readonly bodies: ReadonlyMap<Encoding, Uint8Array>;
}

type Encoding = 'identity' | 'gzip' | 'br';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

const COMPRESSED: ReadonlySet<string> = new Set(['.html', '.js', '.css', '.svg', '.json', '.webmanifest', '.txt']);

/** A name with a hash of its content, as vite makes them: `assets/index-B1x2y3z4.js`. */
const HASHED = /[-.][\w-]{8,}\.\w+$/;

/** The files of a folder, by path. */
export class StaticFiles {
  readonly #files: ReadonlyMap<string, StaticFile>;

  private constructor(files: ReadonlyMap<string, StaticFile>) {
    this.#files = files;
  }

  /** Reads a folder; one that is not there is empty. */
  static async read(folder: string | undefined): Promise<StaticFiles> {
    const files = new Map<string, StaticFile>();
    for (const path of folder === undefined ? [] : await pathsOf(folder)) {
      const type = TYPES[extname(path)];
      if (folder === undefined || type === undefined) continue;
      const body = await readFile(path);
      const name = `/${relative(folder, path).split(sep).join('/')}`;
      files.set(name, {
        type,
        etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
        isImmutable: name.startsWith('/assets/') && HASHED.test(name),
        bodies: bodiesOf(body, COMPRESSED.has(extname(path))),
      });
    }
    const index = files.get('/index.html');
    if (index !== undefined) files.set('/', index);
    return new StaticFiles(files);
  }

  /** Whether there is a page. */
  get hasPage(): boolean {
    return this.#files.has('/');
  }

  /** Answers; false when there is no such file. */
  answer(path: string, request: IncomingMessage, response: ServerResponse): boolean {
    const file = this.#files.get(path);
    if (file === undefined) return false;
    response.setHeader('ETag', file.etag);
    response.setHeader('Vary', 'Accept-Encoding');
    response.setHeader('Cache-Control', file.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache');
    if (header(request, 'if-none-match') === file.etag) {
      response.writeHead(304).end();
      return true;
    }
    const accepted = header(request, 'accept-encoding') ?? '';
    const encoding = (['br', 'gzip'] as const).find((each) => accepted.includes(each) && file.bodies.has(each));
    const body = file.bodies.get(encoding ?? 'identity');
    response.setHeader('Content-Type', file.type);
    if (encoding !== undefined) response.setHeader('Content-Encoding', encoding);
    response.setHeader('Content-Length', body?.length ?? 0);
    response.writeHead(200).end(request.method === 'HEAD' ? undefined : body);
    return true;
  }
}

async function pathsOf(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

function bodiesOf(body: Uint8Array, compress: boolean): ReadonlyMap<Encoding, Uint8Array> {
  const bodies = new Map<Encoding, Uint8Array>([['identity', body]]);
  if (!compress) return bodies;
  bodies.set('gzip', gzipSync(body, { level: 9 }));
  bodies.set('br', brotliCompressSync(body));
  return bodies;
}
