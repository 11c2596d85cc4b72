import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Source } from '../source.js';
import type { ZarrLayout } from './metadata.js';
import { parseJson, parseV2, parseV3 } from './metadata.js';
import type { StoreLocation } from './store.js';
import { locate, openStore } from './store.js';

export interface ZarrOptions {
  /** Path of the array within the store's groups: `'climate/temperature'`. */
  readonly path?: string;
  /** Format to look for; both otherwise, 3 first. */
  readonly version?: 2 | 3;
  /** Headers of HTTP requests. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What all reads of a zarr array share. */
export interface ZarrCommon {
  readonly name: string;
  readonly location: StoreLocation;
  /** Path of the array in the store: empty, or starting with a slash. */
  readonly path: '' | `/${string}`;
  readonly layout: ZarrLayout;
  /** The metadata document, where zarrita's pipeline decodes the chunks. */
  readonly metadata?: string;
}

/**
 * Opens an array of a zarr store, format 2 or 3: a directory, a `file:` or an `http(s):` URL. Reads metadata only.
 *
 * @throws if there is no array (the message lists those of a group), or its dtype, chunks or codecs are not read here
 */
export async function openZarr(urlOrPath: string, options: ZarrOptions = {}): Promise<Source> {
  const location = locate(urlOrPath, options.headers);
  const store = await openStore(location);
  const inner = (options.path ?? '').replace(/^\/+|\/+$/g, '');
  const path: ZarrCommon['path'] = inner === '' ? '' : `/${inner}`;
  const name = `${location.root.replace(/\/$/, '')}${path}`;
  const text = async (key: `/${string}`): Promise<string | undefined> => {
    const bytes = await store.get(key);
    return bytes && new TextDecoder().decode(bytes);
  };
  const found = await findLayout(text, path, name, location, options.version);
  const { layout } = found;
  if (layout.unusual) await checkCodecs(layout.unusual, name);
  const common: ZarrCommon = {
    name,
    location,
    path,
    layout,
    ...(layout.unusual ? { metadata: found.document } : {}),
  };
  const attributes = await attributesOf(text, path, found);
  const dimensions =
    layout.format === 3 ? parseJson(found.document, name).dimension_names : attributes._ARRAY_DIMENSIONS;
  return {
    name,
    dtype: layout.dtype,
    shape: layout.shape,
    chunks: layout.chunks,
    op: 'io/zarr',
    common,
    // A compressed chunk must be decoded whole, whatever is wanted of it.
    sliceable: layout.codecs.length === 0 && !layout.unusual && !layout.bigEndian,
    attributes,
    ...(isNames(dimensions) ? { dimensions } : {}),
  };
}

const isNames = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((name) => typeof name === 'string');

type ReadText = (key: `/${string}`) => Promise<string | undefined>;

interface Found {
  readonly layout: ZarrLayout;
  readonly document: string;
}

async function findLayout(
  text: ReadText,
  path: ZarrCommon['path'],
  name: string,
  location: StoreLocation,
  version: 2 | 3 | undefined,
): Promise<Found> {
  if (version !== 2) {
    const document = await text(`${path}/zarr.json`);
    if (document !== undefined) {
      const meta = parseJson(document, name);
      if (meta.node_type === 'array') return { layout: parseV3(document, name), document };
      throw await notAnArray(text, path, name, location);
    }
  }
  if (version !== 3) {
    const document = await text(`${path}/.zarray`);
    if (document !== undefined) return { layout: parseV2(document, name), document };
    if ((await text(`${path}/.zgroup`)) !== undefined) throw await notAnArray(text, path, name, location);
  }
  const documents = { 2: '.zarray', 3: 'zarr.json', both: 'zarr.json or .zarray' }[version ?? 'both'];
  throw new Error(`there is no zarr array at ${name}: it has no ${documents}`);
}

async function notAnArray(
  text: ReadText,
  path: ZarrCommon['path'],
  name: string,
  location: StoreLocation,
): Promise<Error> {
  const names =
    location.kind === 'directory'
      ? arraysIn(join(location.root, path))
      : await consolidatedArrays(text, path);
  return new Error(
    `${name} is a zarr group, not an array; ` +
      (names.length > 0 ? `say the path of one of its arrays: ${names.join(', ')}` : 'it lists no arrays'),
  );
}

/** Paths of the arrays of a group in a directory. */
function arraysIn(directory: string, prefix = ''): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => {
      const inside = join(directory, name);
      const files = readdirSync(inside);
      if (files.includes('.zarray')) return [`${prefix}${name}`];
      if (files.includes('.zgroup')) return arraysIn(inside, `${prefix}${name}/`);
      if (!files.includes('zarr.json')) return [];
      const nested = arraysIn(inside, `${prefix}${name}/`);
      return nested.length > 0 ? nested : [`${prefix}${name}`];
    })
    .sort();
}

/** Paths of the arrays that a group's consolidated metadata lists: the only listing there is over HTTP. */
async function consolidatedArrays(text: ReadText, path: ZarrCommon['path']): Promise<string[]> {
  const v3 = await text(`${path}/zarr.json`);
  if (v3 !== undefined) {
    const { consolidated_metadata: all } = parseJson(v3, path) as {
      consolidated_metadata?: { metadata?: Record<string, { node_type?: unknown }> };
    };
    return Object.entries(all?.metadata ?? {}).flatMap(([key, node]) =>
      node.node_type === 'array' ? [key] : [],
    );
  }
  const v2 = await text(`${path}/.zmetadata`);
  if (v2 === undefined) return [];
  const { metadata } = parseJson(v2, path) as { metadata?: object };
  return Object.keys(metadata ?? {}).flatMap((key) => (key.endsWith('/.zarray') ? [key.slice(0, -8)] : []));
}

async function attributesOf(
  text: ReadText,
  path: ZarrCommon['path'],
  { layout, document }: Found,
): Promise<Readonly<Record<string, unknown>>> {
  const place = `attributes of ${path}`;
  if (layout.format === 3) {
    const { attributes } = parseJson(document, place);
    return typeof attributes === 'object' && attributes !== null ? { ...attributes } : {};
  }
  const own = await text(`${path}/.zattrs`);
  return own === undefined ? {} : parseJson(own, place);
}

/** Refuses at once what would fail at every chunk. */
async function checkCodecs(names: readonly string[], name: string): Promise<void> {
  const { isKnownCodec } = await import('./unusual.js');
  const unknown = names.find((codec) => !isKnownCodec(codec));
  if (unknown !== undefined) throw new Error(`${name} is encoded by ${unknown}, which is not read here`);
}
