import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorCode, failure } from '../failure.js';
import { readFully } from '../file.js';

export type Range = { readonly offset: number; readonly length: number } | { readonly suffixLength: number };

/** Where a store is: a directory, or a URL with the headers to send. */
export type StoreLocation =
  | { readonly kind: 'directory'; readonly root: string }
  | { readonly kind: 'http'; readonly root: string; readonly headers: Readonly<Record<string, string>> };

/** Values by key; keys start with a slash. What is not there is undefined. zarrita's readable store. */
export interface Store {
  get(key: `/${string}`): Uint8Array | undefined | Promise<Uint8Array | undefined>;
  getRange(key: `/${string}`, range: Range): Uint8Array | undefined | Promise<Uint8Array | undefined>;
}

/** Tells paths from URLs: `https:`, `http:` and `file:` URLs are known, all else is a path. */
export function locate(urlOrPath: string, headers: Readonly<Record<string, string>> = {}): StoreLocation {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(urlOrPath)?.[1]?.toLowerCase();
  if (scheme === undefined) return { kind: 'directory', root: resolve(urlOrPath) };
  if (scheme === 'file') return { kind: 'directory', root: fileURLToPath(urlOrPath) };
  if (scheme === 'http' || scheme === 'https') return { kind: 'http', root: urlOrPath, headers };
  throw new Error(
    `cannot open ${urlOrPath}: stores are directories or http(s) URLs; object storage has https addresses too`,
  );
}

export async function openStore(location: StoreLocation): Promise<Store> {
  return location.kind === 'directory'
    ? directoryStore(location.root)
    : httpStore(location.root, location.headers);
}

/** Runs `body` on the file of a key opened for reading; undefined if there is none. */
export function withKey<T>(path: string, body: (fd: number) => T): T | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw failure('read', path, error);
  }
  try {
    return body(fd);
  } finally {
    closeSync(fd);
  }
}

function directoryStore(root: string): Store {
  const get = (key: string): Uint8Array | undefined => {
    const path = join(root, key);
    try {
      return readFileSync(path);
    } catch (error) {
      const code = errorCode(error);
      if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return undefined;
      throw failure('read', path, error);
    }
  };
  const getRange = (key: string, range: Range): Uint8Array | undefined => {
    const path = join(root, key);
    return withKey(path, (fd) => {
      const offset = 'offset' in range ? range.offset : fstatSync(fd).size - range.suffixLength;
      const bytes = new Uint8Array('offset' in range ? range.length : range.suffixLength);
      if (offset < 0) throw new Error(`${path} ends too early: it has no ${bytes.length} bytes`);
      readFully(fd, bytes, offset, path);
      return bytes;
    });
  };
  return { get, getRange };
}

async function httpStore(root: string, headers: Readonly<Record<string, string>>): Promise<Store> {
  const { FetchStore } = await import('zarrita');
  const inner = new FetchStore(root, { overrides: { headers: { ...headers } } });
  const told = async <T>(key: string, answer: Promise<T>): Promise<T> => {
    try {
      return await answer;
    } catch (error) {
      const why = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      throw failure('fetch', `${root.replace(/\/$/, '')}${key}`, why);
    }
  };
  return {
    get: (key) => told(key, inner.get(key)),
    getRange: (key, range) => told(key, inner.getRange(key, range)),
  };
}
