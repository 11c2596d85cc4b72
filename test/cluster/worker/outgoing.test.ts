/** Results that others ask a worker for, over real connections. */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { connect, formatAddress, listen } from '../../../src/cluster/comm/index.js';
import { encodeFrames, encodeMessage } from '../../../src/cluster/wire/index.js';
import { Outgoing } from '../../../src/cluster/worker/outgoing.js';
import { Store } from '../../../src/cluster/worker/store.js';
import { makeEngine } from '../../engine/support/engine.js';

const MIB = 2 ** 20;
const directory = mkdtempSync(join(tmpdir(), 'tilework-outgoing-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A worker's store of blocks of 8 MiB, each full of its number and 200, with memory for some 64 MiB, and who answers for it. */
async function serving(blocks: number, mostBytes: number) {
  const memoryLimit = process.memoryUsage.rss() + 128 * MIB;
  const engine = makeEngine({ memoryLimit, spillDirectory: directory });
  const store = new Store(engine);
  const keys = Array.from({ length: blocks }, (_, i) => `block-${i}`);
  for (const [i, key] of keys.entries()) {
    const data = new Uint8Array(8 * MIB).fill(200 + i);
    await store.put(key, { blocks: [{ dtype: 'uint8', shape: [data.length], data }] });
  }
  const outgoing = new Outgoing(store, 'tcp://127.0.0.1:1', mostBytes, () => false);
  const listener = await listen({
    handlers: {
      get_data: (message, connection) => outgoing.answer(message.keys as string[], message.who, connection),
    },
  });
  return { engine, store, keys, outgoing, listener };
}

test('more than memory holds goes out in one message, one result after another', async () => {
  const { engine, store, keys, outgoing, listener } = await serving(16, 64 * MIB);
  await using _ = listener;
  // Nothing is kept of what comes, since this process is the worker's too.
  const counts = new Array<number>(256).fill(0);
  const { host, port } = listener.address;
  const socket = connectTcp({ host, port });
  const say = (message: unknown): void => {
    for (const bytes of encodeFrames(encodeMessage(message))) socket.write(bytes);
  };
  say({ compression: null, python: [3, 11, 0], 'pickle-protocol': 5 });
  say({ op: 'get_data', reply: true, keys: [...keys, 'nowhere'], who: null });
  // What is given up meanwhile is sent all the same.
  await expect.poll(() => outgoing.bytes).toBe(40 * MIB);
  for (const key of keys) store.free(key);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    for (const byte of chunk) counts[byte]!++;
    if (counts.slice(200, 216).every((count) => count >= 8 * MIB)) break;
  }
  await expect.poll(() => outgoing.bytesTotal).toBe(128 * MIB);
  socket.destroy();
  await expect.poll(() => outgoing.count).toBe(0);
  expect(outgoing).toMatchObject({ bytes: 0, countTotal: 1 });
  await expect.poll(() => engine.stats().tasks.held).toBe(0);
  await expect.poll(() => engine.stats().memory.used).toBe(0);
  expect(engine.stats().spill.onDisk).toBe(0);
  expect(engine.stats().spill.written).toBeGreaterThan(0);
});

test('who asks while as much is under way as may be is to come again', async () => {
  const { keys, outgoing, listener } = await serving(2, 10 * MIB);
  await using _ = listener;
  const address = formatAddress(listener.address);
  const [a, b] = await Promise.all([connect(address), connect(address)]);
  const ask = async (connection: typeof a, key: string): Promise<unknown> => {
    await connection.write({ op: 'get_data', reply: true, keys: [key], who: null });
    return connection.read();
  };
  expect(await ask(a, keys[0]!)).toMatchObject({ status: 'OK' });
  expect(await ask(b, keys[1]!)).toEqual({ status: 'busy' });
  await a.write('OK');
  await expect.poll(() => outgoing.bytes).toBe(0);
  expect(await ask(b, keys[1]!)).toMatchObject({ status: 'OK' });
  a.abort();
  b.abort();
  await expect.poll(() => outgoing.count).toBe(0);
});

test('what is lent to a peer that is gone is given back when the scheduler says so', async () => {
  const { keys, outgoing, listener } = await serving(2, 64 * MIB);
  await using _ = listener;
  const ask = async (key: string, who: string) => {
    const connection = await connect(formatAddress(listener.address));
    await connection.write({ op: 'get_data', keys: [key], who, reply: true });
    // It never says that it has it.
    await connection.read();
    return connection;
  };
  const gone = await ask(keys[0]!, 'tcp://gone:1');
  const slow = await ask(keys[1]!, 'tcp://slow:1');
  expect(outgoing.count).toBe(2);
  outgoing.forget('tcp://gone:1');
  await gone.ended;
  await expect.poll(() => outgoing.count).toBe(1);
  expect(slow.closed).toBe(false);
  await slow.write('OK');
  await expect.poll(() => outgoing.count).toBe(0);
  slow.abort();
});
