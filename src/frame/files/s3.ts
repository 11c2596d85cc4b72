import { open } from 'node:fs/promises';
import { AwsClient } from 'aws4fetch';
import { FileError } from '../errors.js';

/** Bytes of a piece of an upload: so much of each upload is in memory. There may be 10,000 of them. */
const PIECE = 32 * 2 ** 20;
/** Requests at once, where there are many small ones. */
const AT_ONCE = 8;

/** An object all of whose bytes were sent, and that is not there before the upload is completed. */
export interface Upload {
  readonly key: string;
  readonly id: string;
  /** What the store answered to each piece. */
  readonly etags: readonly string[];
}

/**
 * What writing many objects asks of a store beside what DuckDB does there: to complete uploads together. Server and credentials are those of the environment,
 * as for DuckDB.
 */
export class Bucket {
  private constructor(
    private readonly client: AwsClient,
    /** Ends in a slash. */
    private readonly url: string,
    /** What is being written, for errors. */
    private readonly target: string,
  ) {}

  /** @throws FileError where the environment has no credentials */
  static of(bucket: string, target: string, environment: NodeJS.ProcessEnv = process.env): Bucket {
    const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
    if (accessKeyId === undefined || secretAccessKey === undefined)
      throw new FileError(
        `cannot write ${target}: whoever writes there needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment, on a cluster the program and all workers`,
        target,
      );
    const sessionToken = environment.AWS_SESSION_TOKEN;
    const region = environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION ?? 'us-east-1';
    const endpoint = environment.AWS_ENDPOINT_URL_S3 ?? environment.AWS_ENDPOINT_URL;
    // As DuckDB does: servers beside Amazon's have seldom a name for each bucket. Of names with dots certificates do not hold.
    const url =
      endpoint !== undefined
        ? `${endpoint.replace(/\/$/, '')}/${bucket}/`
        : bucket.includes('.')
          ? `https://s3.${region}.amazonaws.com/${bucket}/`
          : `https://${bucket}.s3.${region}.amazonaws.com/`;
    const credentials = { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
    return new Bucket(new AwsClient({ ...credentials, service: 's3', region, retries: 5 }), url, target);
  }

  /** Sends a file, which is not there until the upload is completed. What was sent of one that failed is given up. */
  async upload(path: string, key: string, signal?: AbortSignal): Promise<Upload> {
    const id = tagOf(await this.request('POST', key, 'uploads', signal), 'UploadId')!;
    const etags: string[] = [];
    try {
      const file = await open(path);
      try {
        let left = (await file.stat()).size;
        const piece = Buffer.allocUnsafe(Math.min(PIECE, left));
        do {
          const { bytesRead } = await file.read(piece, 0, Math.min(piece.length, left));
          left -= bytesRead;
          const query = `partNumber=${etags.length + 1}&uploadId=${encodeURIComponent(id)}`;
          const { etag } = await this.request('PUT', key, query, signal, piece.subarray(0, bytesRead));
          etags.push(etag!);
        } while (left > 0);
      } finally {
        await file.close();
      }
      return { key, id, etags };
    } catch (error) {
      await this.abort({ key, id }).catch(() => {});
      throw error;
    }
  }

  /** Has the objects of uploads be there. Where one fails, none is. */
  async complete(uploads: readonly Upload[]): Promise<void> {
    const done: string[] = [];
    try {
      await each(uploads, async ({ key, id, etags }) => {
        const parts = etags.map(
          (etag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${etag}</ETag></Part>`,
        );
        const body = `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`;
        await this.request('POST', key, `uploadId=${encodeURIComponent(id)}`, undefined, body);
        done.push(key);
      });
    } catch (error) {
      await this.remove(done);
      throw error;
    }
  }

  async abort({ key, id }: Pick<Upload, 'key' | 'id'>): Promise<void> {
    await this.request('DELETE', key, `uploadId=${encodeURIComponent(id)}`);
  }

  /** Gives up all uploads below a prefix that `isMeant` is true of. */
  async abortAll(prefix: string, isMeant: (key: string) => boolean): Promise<void> {
    for await (const { text } of this.pages('uploads', prefix, ['key-marker', 'upload-id-marker'])) {
      const uploads = [...text.matchAll(/<Upload>.*?<\/Upload>/gs)].map(([upload]) => ({
        key: tagOf({ text: upload }, 'Key')!,
        id: tagOf({ text: upload }, 'UploadId')!,
      }));
      await each(
        uploads.filter(({ key }) => isMeant(key)),
        (upload) => this.abort(upload),
      );
    }
  }

  /** Keys of all objects below a prefix. */
  async list(prefix: string): Promise<readonly string[]> {
    const keys: string[] = [];
    for await (const { text } of this.pages('list-type=2', prefix, ['continuation-token']))
      for (const [object] of text.matchAll(/<Contents>.*?<\/Contents>/gs))
        keys.push(tagOf({ text: object }, 'Key')!);
    return keys;
  }

  async remove(keys: readonly string[]): Promise<void> {
    await each(keys, async (key) => {
      await this.request('DELETE', key);
    });
  }

  private async *pages(query: string, prefix: string, markers: readonly string[]): AsyncGenerator<Answer> {
    let next = '';
    do {
      const answer = await this.request('GET', '', `${query}&prefix=${encodeURIComponent(prefix)}${next}`);
      yield answer;
      const found = markers.map((marker) => [marker, tagOf(answer, NEXT[marker]!)] as const);
      next =
        tagOf(answer, 'IsTruncated') === 'true'
          ? found.map(([marker, value]) => `&${marker}=${encodeURIComponent(value ?? '')}`).join('')
          : '';
    } while (next !== '');
  }

  private async request(
    method: string,
    key: string,
    query = '',
    signal?: AbortSignal,
    body?: Uint8Array | string,
  ): Promise<Answer> {
    const path = key.split('/').map(encodeURIComponent).join('/');
    const init = { method, ...(body !== undefined && { body: body as BodyInit }), signal: signal ?? null };
    let text: string;
    try {
      const response = await this.client.fetch(`${this.url}${path}${query && `?${query}`}`, init);
      text = await response.text();
      // An upload may fail to be completed behind a status that says that all is well.
      if (response.ok && !text.includes('<Error>')) return { text, etag: response.headers.get('etag') };
      text = tagOf({ text }, 'Message') ?? tagOf({ text }, 'Code') ?? `status ${response.status}`;
    } catch (cause) {
      signal?.throwIfAborted();
      const { message } = ((cause as Error).cause ?? cause) as Error;
      throw new FileError(`cannot write ${this.target}: ${message}`, this.target, undefined, undefined, {
        cause,
      });
    }
    throw new FileError(`cannot write ${this.target}: ${text}`, this.target);
  }
}

interface Answer {
  readonly text: string;
  readonly etag: string | null;
}

/** How an answer calls what the next question begins with. */
const NEXT: Readonly<Record<string, string>> = {
  'continuation-token': 'NextContinuationToken',
  'key-marker': 'NextKeyMarker',
  'upload-id-marker': 'NextUploadIdMarker',
};

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The text of an element of XML. */
function tagOf({ text }: Pick<Answer, 'text'>, name: string): string | undefined {
  const found = new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(text)?.[1];
  return found?.replaceAll(/&(?:#(x?)([0-9a-f]+)|(\w+));/gi, (whole, hex, code, entity) =>
    code === undefined
      ? (ENTITIES[entity as string] ?? whole)
      : String.fromCodePoint(Number.parseInt(code as string, hex ? 16 : 10)),
  );
}

/** Does something with each, some at once; rejects with the first error when all that began have ended. */
async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  const failed: unknown[] = [];
  const lane = async (): Promise<void> => {
    for (const item of left) {
      if (failed.length > 0) return;
      await work(item).catch((error: unknown) => failed.push(error));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  if (failed.length > 0) throw failed[0];
}
