import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** Serves the files of a directory on loopback, by ranges where they are asked for, and notes which bytes were sent. */
export async function serveFiles(directory: string): Promise<{
  readonly url: string;
  readonly sent: () => number;
  readonly stop: () => Promise<void>;
}> {
  let sent = 0;
  const server = createServer((request, response) => {
    const path = join(directory, decodeURIComponent(new URL(request.url!, 'http://x').pathname));
    let size: number;
    try {
      size = statSync(path).size;
    } catch {
      response.writeHead(404).end();
      return;
    }
    const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    const start = Number(first ?? 0);
    const end = last ? Math.min(Number(last), size - 1) : size - 1;
    response.writeHead(first === undefined ? 200 : 206, {
      'accept-ranges': 'bytes',
      'content-length': end - start + 1,
      ...(first !== undefined && { 'content-range': `bytes ${start}-${end}/${size}` }),
    });
    if (request.method === 'HEAD') response.end();
    else {
      sent += end - start + 1;
      createReadStream(path, { start, end }).pipe(response);
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent: () => sent,
    stop: () => new Promise((closed) => server.close(() => closed()).closeAllConnections()),
  };
}
