// What the system itself needs: two processes that send each other half of the bytes, by plain sockets.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { measureParts, SIZE } from '../harness.mjs';

const { blocks, megabytes } = SIZE;

/** Sends half of the blocks, and resolves when as much has come. */
async function exchange(socket) {
  const block = new Uint8Array(megabytes * 2 ** 20);
  const expected = (block.length * blocks) / 2;
  let left = expected;
  const arrived = new Promise((resolve) => {
    socket.on('data', (bytes) => {
      left -= bytes.length;
      if (left === 0) resolve();
    });
  });
  for (let i = 0; i < blocks / 2; i++) if (!socket.write(block)) await once(socket, 'drain');
  await arrived;
}

if (process.send) {
  const server = createServer(async (socket) => {
    server.close();
    await exchange(socket);
    socket.end();
    process.disconnect();
  }).listen(0, '127.0.0.1', () => process.send(server.address().port));
} else {
  const other = fork(import.meta.filename, process.argv.slice(2));
  const [port] = await once(other, 'message');
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  await measureParts({
    move: async () => {
      await exchange(socket);
      return [blocks, blocks];
    },
  });
  socket.end();
}
