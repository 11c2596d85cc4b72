import { createServer, type Server } from 'node:http';

export interface Pages {
  /** Whether the worker does its work; else 503. */
  healthy(): boolean;
  status(): object;
  metrics(): string;
}

export interface HttpServer {
  readonly host: string;
  readonly port: number;
  close(): void;
}

/** Answers `/health`, `/status` (JSON) and `/metrics` (Prometheus text). @throws where the port is taken */
export function serveHttp(pages: Pages, host: string, port: number): Promise<HttpServer> {
  const server = createServer((request, response) => {
    const send = (code: number, type: string, text: string): void => {
      response.writeHead(code, { 'content-type': type, 'cache-control': 'no-store' });
      response.end(request.method === 'HEAD' ? undefined : text);
    };
    const path = request.url?.split('?')[0];
    if (request.method !== 'GET' && request.method !== 'HEAD') send(405, 'text/plain', 'GET only\n');
    else if (path === '/health') {
      const healthy = pages.healthy();
      send(healthy ? 200 : 503, 'text/plain', healthy ? 'ok\n' : 'closing\n');
    } else if (path === '/status') send(200, 'application/json', `${JSON.stringify(pages.status())}\n`);
    else if (path === '/metrics') send(200, 'text/plain; version=0.0.4', pages.metrics());
    else send(404, 'text/plain', 'there are /health, /status and /metrics\n');
  });
  return new Promise((resolve, reject) => {
    server.once('error', (cause: Error) =>
      reject(new Error(`cannot answer HTTP on ${host}:${port}: ${cause.message}`, { cause })),
    );
    server.listen(port, host, () => {
      // A connection that the system could not accept: who asked asks again.
      server.on('error', () => {});
      resolve({ host, port: portOf(server), close: () => close(server) });
    });
  });
}

const portOf = (server: Server): number => (server.address() as { readonly port: number }).port;

function close(server: Server): void {
  server.close();
  server.closeAllConnections();
}
