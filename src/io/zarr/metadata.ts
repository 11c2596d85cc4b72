import type { DType } from '../../kernels/dtype.js';
import { isDType, kindOf } from '../../kernels/dtype.js';
import { parseTypeString, unsupported } from '../numpy-dtype.js';

/** A codec as metadata names it: `{ name: 'zstd', configuration: { level: 0 } }`. */
export interface CodecSpec {
  readonly name: string;
  readonly configuration: Readonly<Record<string, unknown>>;
}

/** How the chunks of a zarr array lie in its store: what its metadata says, formats 2 and 3 told alike. */
export interface ZarrLayout {
  readonly format: 2 | 3;
  readonly dtype: DType;
  readonly bigEndian: boolean;
  readonly shape: readonly number[];
  /** What is decoded at once: a chunk, or an inner chunk of a shard. */
  readonly chunks: readonly number[];
  /** The axes in the order in which a chunk's elements lie, slowest first. */
  readonly axes: readonly number[];
  /** Elements of chunks that are not there. */
  readonly fill: number | bigint | boolean;
  /** From bytes to bytes, in the order of encoding. */
  readonly codecs: readonly CodecSpec[];
  readonly keys: { readonly prefix: string; readonly separator: string };
  readonly shard?: ShardLayout;
  /** Names of all codecs where some change elements, not bytes: then zarrita's pipeline decodes the chunks. */
  readonly unusual?: readonly string[];
}

/** Shards: files of several chunks with an index of (offset, length) pairs. */
export interface ShardLayout {
  /** Chunks of a shard along each axis. */
  readonly count: readonly number[];
  readonly indexAt: 'start' | 'end';
  readonly indexChecksum: boolean;
}

const BYTE_CODECS = new Set(['gzip', 'zlib', 'zstd', 'blosc', 'lz4', 'crc32c']);

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isShape = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);

/** Parses a metadata document. */
export function parseJson(text: string, where: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${where} is damaged: its metadata is no JSON`, { cause });
  }
  if (!isObject(value)) throw new Error(`${where} is damaged: its metadata is no JSON object`);
  return value;
}

function shapes(shape: unknown, chunks: unknown, where: string): { shape: number[]; chunks: number[] } {
  if (!isShape(shape) || !isShape(chunks) || shape.length !== chunks.length || chunks.some((n) => n === 0))
    throw new Error(
      `${where} is damaged: shape ${JSON.stringify(shape)} and chunks ${JSON.stringify(chunks)} do not match`,
    );
  return { shape, chunks };
}

/** The layout that a `.zarray` document (format 2) describes. */
export function parseV2(text: string, where: string): ZarrLayout {
  const meta = parseJson(text, where);
  if (typeof meta.dtype !== 'string')
    throw unsupported(JSON.stringify(meta.dtype), 'structured records', where);
  const stored = parseTypeString(meta.dtype, where);
  const { shape, chunks } = shapes(meta.shape, meta.chunks, where);
  const axes = shape.map((_, k) => k);
  const filters = Array.isArray(meta.filters) ? meta.filters : [];
  const codecs = isObject(meta.compressor) ? [v2Codec(meta.compressor)] : [];
  return {
    format: 2,
    ...stored,
    shape,
    chunks,
    axes: meta.order === 'F' ? axes.reverse() : axes,
    fill: fillOf(stored.dtype, meta.fill_value, text, where),
    codecs,
    keys: { prefix: '', separator: meta.dimension_separator === '/' ? '/' : '.' },
    ...unusualOf([...filters.filter(isObject).map(v2Codec), ...codecs], filters.length > 0),
  };
}

function v2Codec({ id, ...configuration }: Json): CodecSpec {
  return { name: String(id), configuration };
}

/** The layout that a `zarr.json` document of an array (format 3) describes. */
export function parseV3(text: string, where: string): ZarrLayout {
  const meta = parseJson(text, where);
  const { data_type: dtype, chunk_grid: grid, chunk_key_encoding: encoding } = meta;
  if (!isDType(dtype))
    throw unsupported(typeof dtype === 'string' ? dtype : JSON.stringify(dtype), undefined, where);
  if (!isObject(grid) || grid.name !== 'regular' || !isObject(grid.configuration))
    throw new Error(
      `${where} has chunks of varying sizes (${JSON.stringify(grid)}), which are not read here`,
    );
  if (Array.isArray(meta.storage_transformers) && meta.storage_transformers.length > 0)
    throw new Error(`${where} uses storage transformers, which are not read here`);
  const { shape, chunks } = shapes(meta.shape, grid.configuration.chunk_shape, where);
  const codecs = codecList(meta.codecs, where);
  const outer = {
    format: 3,
    dtype,
    shape,
    fill: fillOf(dtype, meta.fill_value, text, where),
    keys: keysOf(encoding, where),
  } as const;
  const [first] = codecs;
  if (codecs.length !== 1 || first?.name !== 'sharding_indexed')
    return { ...outer, chunks, ...pipeline(codecs, shape.length) };
  return { ...outer, ...sharded(first.configuration, chunks, where) };
}

function sharded(
  configuration: Json,
  shard: readonly number[],
  where: string,
): Pick<ZarrLayout, 'chunks' | 'shard' | 'bigEndian' | 'axes' | 'codecs' | 'unusual'> {
  const inner = shapes(shard, configuration.chunk_shape, where).chunks;
  if (shard.some((n, k) => n % inner[k]! !== 0))
    throw new Error(`${where} is damaged: shards of [${shard}] are not made of chunks of [${inner}]`);
  const index = codecList(configuration.index_codecs, where).map((codec) => codec.name);
  if (index[0] !== 'bytes' || index.length > 2 || (index.length === 2 && index[1] !== 'crc32c'))
    throw new Error(
      `${where} encodes the index of its shards by ${index.join(', ')}, which is not read here`,
    );
  const parsed = pipeline(codecList(configuration.codecs, where), shard.length);
  return {
    ...parsed,
    chunks: inner,
    shard: {
      count: shard.map((n, k) => n / inner[k]!),
      indexAt: configuration.index_location === 'start' ? 'start' : 'end',
      indexChecksum: index.length === 2,
    },
  };
}

function codecList(value: unknown, where: string): CodecSpec[] {
  if (!Array.isArray(value)) throw new Error(`${where} is damaged: its metadata lists no codecs`);
  return value.map((codec: unknown) => {
    if (typeof codec === 'string') return { name: codec, configuration: {} };
    if (!isObject(codec) || typeof codec.name !== 'string')
      throw new Error(`${where} is damaged: ${JSON.stringify(codec)} is no codec`);
    return {
      name: codec.name.replace(/^numcodecs\./, ''),
      configuration: isObject(codec.configuration) ? codec.configuration : {},
    };
  });
}

/** `transpose` (once, perhaps), `bytes`, then bytes to bytes: anything else is unusual. */
function pipeline(
  codecs: readonly CodecSpec[],
  rank: number,
): Pick<ZarrLayout, 'bigEndian' | 'axes' | 'codecs' | 'unusual'> {
  let axes = Array.from({ length: rank }, (_, k) => k);
  let rest = codecs;
  if (rest[0]?.name === 'transpose') {
    const { order } = rest[0].configuration;
    if (order === 'F') axes.reverse();
    else if (isShape(order)) axes = order;
    rest = rest.slice(1);
  }
  const [bytes, ...tail] = rest;
  return {
    bigEndian: bytes?.configuration.endian === 'big',
    axes,
    codecs: tail,
    ...unusualOf(codecs, bytes?.name !== 'bytes', tail),
  };
}

function unusualOf(
  codecs: readonly CodecSpec[],
  unusual: boolean,
  byteCodecs = codecs,
): Pick<ZarrLayout, 'unusual'> {
  const plain = !unusual && byteCodecs.every((codec) => BYTE_CODECS.has(codec.name));
  return plain ? {} : { unusual: codecs.map((codec) => codec.name) };
}

function keysOf(encoding: unknown, where: string): ZarrLayout['keys'] {
  const { name, configuration } = isObject(encoding) ? encoding : { name: encoding, configuration: {} };
  const separator = isObject(configuration) ? configuration.separator : undefined;
  if (name === 'default') return { prefix: 'c', separator: separator === '.' ? '.' : '/' };
  if (name === 'v2') return { prefix: '', separator: separator === '/' ? '/' : '.' };
  throw new Error(`${where} names its chunks by '${name}', which is not known here`);
}

const SPECIAL: Readonly<Record<string, number>> = { NaN, Infinity, '-Infinity': -Infinity };

/** A fill value; null means zero. Floats may be named or given by their bits. */
function fillOf(dtype: DType, value: unknown, text: string, where: string): number | bigint | boolean {
  const wide = dtype === 'int64' || dtype === 'uint64';
  if (value === null || value === undefined) return wide ? 0n : kindOf(dtype) === 'bool' ? false : 0;
  if (kindOf(dtype) === 'bool' && (typeof value === 'boolean' || typeof value === 'number'))
    return Boolean(value);
  if (typeof value === 'number') return wide ? exactInteger(value, text) : value;
  if (kindOf(dtype) === 'float' && typeof value === 'string') {
    if (value in SPECIAL) return SPECIAL[value]!;
    if (/^0x[0-9a-fA-F]+$/.test(value)) {
      const view = new DataView(new ArrayBuffer(8));
      view.setBigUint64(0, BigInt(value));
      return dtype === 'float32' ? view.getFloat32(4) : view.getFloat64(0);
    }
  }
  throw new Error(`${where} is damaged: ${JSON.stringify(value)} is no fill value of ${dtype}`);
}

/** An integer beyond 2^53 as the document spells it, for JSON's numbers lose its last digits. */
function exactInteger(value: number, text: string): bigint {
  if (Number.isSafeInteger(value)) return BigInt(value);
  for (const [, digits] of text.matchAll(/"fill_value"\s*:\s*(-?\d+)/g))
    if (Number(digits) === value) return BigInt(digits!);
  return BigInt(value);
}

/** The key of a chunk (or of a shard) in the store, below the array's own path. */
export function chunkKey(
  { keys, format }: Pick<ZarrLayout, 'keys' | 'format'>,
  coords: readonly number[],
): string {
  const numbers = coords.join(keys.separator);
  if (format === 2 || keys.prefix === '') return numbers || '0';
  return numbers ? `${keys.prefix}${keys.separator}${numbers}` : keys.prefix;
}
