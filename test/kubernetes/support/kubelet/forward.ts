import { spawn } from 'node:child_process';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type SpdyStream, serveSpdy } from './spdy.js';

/** Connects what it is given to a port of loopback. */
const RELAY =
  "const s = require('node:net').connect(Number(process.argv[1]), '127.0.0.1'); process.stdin.pipe(s).pipe(process.stdout); s.on('error', () => process.exit(1))";

/**
 * Forwards connections to ports of a pod, as a kubelet does for `kubectl port-forward`: to loopback inside of its network.
 *
 * @param network a process in the pod's network
 */
export async function forwardPorts(request: IncomingMessage, socket: Duplex, network: number): Promise<void> {
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Connection: Upgrade',
    `Upgrade: ${request.headers.upgrade}`,
    'X-Stream-Protocol-Version: portforward.k8s.io',
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  /** The streams of connections for errors, by what both of a connection's are called. */
  const errors = new Map<string, SpdyStream>();
  await serveSpdy(socket, (stream) => {
    const { streamtype, port, requestid } = stream.headers;
    stream.on('error', () => {});
    if (streamtype === 'error') {
      errors.set(requestid!, stream);
      return;
    }
    const enter = ['--target', String(network), '--net', process.execPath, '-e', RELAY, port!];
    const relay = spawn('nsenter', enter, { stdio: ['pipe', 'pipe', 'ignore'] });
    relay.stdin.on('error', () => {});
    stream.on('close', () => relay.kill('SIGKILL'));
    stream.pipe(relay.stdin);
    relay.stdout.pipe(stream);
    // By what is said there kubectl knows that the pod is lost.
    relay.on('close', (code) => errors.get(requestid!)?.end(code === 0 ? undefined : 'nothing answers'));
  });
}
