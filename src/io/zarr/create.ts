import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { removeTree } from '../../engine/disk/remove-tree.js';
import type { DType } from '../../kernels/dtype.js';
import { kindOf } from '../../kernels/dtype.js';
import { attempt } from '../failure.js';
import { typeStringOf } from '../numpy-dtype.js';
import type { IsOurs } from '../replace.js';
import { partialOf, replace } from '../replace.js';
import type { Target } from '../source.js';
import { SHUFFLES } from './codecs.js';
import type { CodecSpec, ZarrLayout } from './metadata.js';
import { parseV2, parseV3 } from './metadata.js';

/** How chunks are compressed: by name, or with a level and, for blosc, what it uses inside. */
export type ZarrCodec =
  | 'none'
  | 'zstd'
  | 'gzip'
  | 'blosc'
  | { readonly name: 'zstd' | 'gzip'; readonly level?: number }
  | {
      readonly name: 'blosc';
      readonly cname?: 'lz4' | 'lz4hc' | 'zstd';
      readonly level?: number;
      readonly shuffle?: 'noshuffle' | 'shuffle' | 'bitshuffle';
    };

export interface CreateZarrOptions {
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** Shape of the chunks; the last ones may reach beyond the array. */
  readonly chunks: readonly number[];
  /** `'zstd'` unless given, as zarr-python has it. */
  readonly codec?: ZarrCodec;
  /** 3 unless given. */
  readonly zarrFormat?: 2 | 3;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly dimensions?: readonly string[];
  /** Replace a store that exists, when the new one is whole. */
  readonly overwrite?: boolean;
}

/** What all writes of a zarr array share. */
export interface ZarrWriteCommon {
  readonly path: string;
  readonly partial: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly layout: ZarrLayout;
  /** Metadata documents by file name, written at the end. */
  readonly documents: Readonly<Record<string, string>>;
}

const isStore: IsOurs = (path) =>
  ['zarr.json', '.zarray', '.zgroup'].some((document) => existsSync(join(path, document)));

/**
 * Starts a zarr array in a directory: makes a temporary sibling that takes the chunks. It gets its metadata, without which
 * it is no zarr array, at `finishZarr`.
 *
 * @throws if the path exists (unless `overwrite` and it is a zarr store) or cannot be written
 */
export function createZarr(path: string, options: CreateZarrOptions): Target {
  const { shape, dtype, chunks, overwrite = false, zarrFormat = 3 } = options;
  const full = resolve(path);
  if (shape.length !== chunks.length || chunks.some((n) => !Number.isSafeInteger(n) || n < 1))
    throw new Error(`cannot create ${full}: chunks [${chunks}] do not fit shape [${shape}]`);
  const documents = zarrFormat === 3 ? documentsV3(options) : documentsV2(options);
  // Chunks are written by what a reader will make of the metadata.
  const layout =
    zarrFormat === 3 ? parseV3(documents['zarr.json']!, full) : parseV2(documents['.zarray']!, full);
  const partial = partialOf(full, overwrite, isStore);
  attempt('write', partial, () => mkdirSync(partial));
  const common: ZarrWriteCommon = { path: full, partial, dtype, shape, layout, documents };
  return { path: full, partial, dtype, shape, chunks, op: 'io/zarr-write', common, overwrite };
}

/** Where chunks lie until they are whole, below the temporary sibling: a process that dies leaves none of its own among the others. */
export const BEGUN = '.begun';

/** Makes the array whole, when all blocks are written, and puts it in place. */
export function finishZarr(target: Target): void {
  const { documents } = target.common as ZarrWriteCommon;
  for (const [name, text] of Object.entries(documents)) {
    const file = join(target.partial, name);
    attempt('write', file, () => writeFileSync(file, text));
  }
  attempt('write', target.path, () => removeTree(join(target.partial, BEGUN)));
  replace(target, isStore);
}

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

function documentsV3(options: CreateZarrOptions): Record<string, string> {
  const { shape, dtype, chunks, codec = 'zstd', attributes = {}, dimensions } = options;
  return {
    'zarr.json': json({
      zarr_format: 3,
      node_type: 'array',
      shape,
      data_type: dtype,
      chunk_grid: { name: 'regular', configuration: { chunk_shape: chunks } },
      chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
      fill_value: kindOf(dtype) === 'bool' ? false : 0,
      codecs: [{ name: 'bytes', configuration: { endian: 'little' } }, ...codecV3(codec)],
      attributes,
      ...(dimensions ? { dimension_names: dimensions } : {}),
      storage_transformers: [],
    }),
  };
}

function documentsV2(options: CreateZarrOptions): Record<string, string> {
  const { shape, dtype, chunks, codec = 'zstd', attributes = {}, dimensions } = options;
  return {
    '.zarray': json({
      zarr_format: 2,
      shape,
      chunks,
      dtype: typeStringOf(dtype),
      compressor: codecV2(codec),
      fill_value: kindOf(dtype) === 'bool' ? false : 0,
      order: 'C',
      filters: null,
      dimension_separator: '.',
    }),
    '.zattrs': json({ ...(dimensions ? { _ARRAY_DIMENSIONS: dimensions } : {}), ...attributes }),
  };
}

/** Level 1 of zstd takes half the time of its default, 3, for a few per cent more bytes. */
const LEVELS = { zstd: 1, gzip: 5, blosc: 5 } as const;

function codecV3(codec: ZarrCodec): CodecSpec[] {
  const chosen = typeof codec === 'string' ? { name: codec } : codec;
  if (chosen.name === 'none') return [];
  if (!Object.hasOwn(LEVELS, chosen.name))
    throw new TypeError(
      `zarr: no codec ${JSON.stringify(chosen.name)} to write with; there are none, ${Object.keys(LEVELS).join(', ')}`,
    );
  const level = 'level' in chosen && chosen.level !== undefined ? chosen.level : LEVELS[chosen.name];
  if (chosen.name === 'zstd') return [{ name: 'zstd', configuration: { level, checksum: false } }];
  if (chosen.name === 'gzip') return [{ name: 'gzip', configuration: { level } }];
  const { cname = 'lz4', shuffle = 'shuffle' } = 'cname' in chosen || 'shuffle' in chosen ? chosen : {};
  return [
    {
      name: 'blosc',
      // numcodecs shuffles in units of four bytes, whatever the dtype, and says so in each chunk.
      configuration: { cname, clevel: level, shuffle, typesize: 4, blocksize: 0 },
    },
  ];
}

function codecV2(codec: ZarrCodec): Record<string, unknown> | null {
  const [spec] = codecV3(codec);
  if (!spec) return null;
  const { typesize: _, checksum: __, shuffle, ...rest } = spec.configuration;
  return {
    id: spec.name,
    ...rest,
    ...(shuffle === undefined ? {} : { shuffle: SHUFFLES.indexOf(shuffle as (typeof SHUFFLES)[number]) }),
  };
}
