// What the system itself needs: two processes that send each other half of the bytes, by plain sockets.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { ARGS, measureParts, SIZE } from '../harness.mjs';

const { blocks, megabytes } = SIZE;

/** What comes by a socket, of all exchanges together. */
class Arrivals {
  bytes = 0;

  constructor(socket) {
    socket.on('data', ({ length }) => {
      this.bytes += length;
      this.look?.();
    });
  }

  async atLeast(bytes) {
    while (this.bytes < bytes) await new Promise((resolve) => (this.look = resolve));
  }
}

const block = new Uint8Array(megabytes * 2 ** 20);
const half = (block.length * blocks) / 2;

async function send(socket) {
  for (let i = 0; i < blocks / 2; i++) if (!socket.write(block)) await once(socket, 'drain');
}

if (process.send) {
  const server = createServer(async (socket) => {
    server.close();
    const arrivals = new Arrivals(socket);
    for (let i = 0; i <= ARGS.runs; i++) {
      // The other side begins.
      await arrivals.atLeast(i * half + 1);
      await send(socket);
    }
    await arrivals.atLeast((ARGS.runs + 1) * half);
    socket.end();
    process.disconnect();
  }).listen(0, '127.0.0.1', () => process.send(server.address().port));
} else {
  const other = fork(import.meta.filename, process.argv.slice(2));
  const [port] = await once(other, 'message');
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const arrivals = new Arrivals(socket);
  let expected = 0;
  await measureParts({
    move: async () => {
      expected += half;
      await Promise.all([send(socket), arrivals.atLeast(expected)]);
      return [blocks, blocks];
    },
  });
  socket.end();
}
