/** Results that others ask a worker for, and what becomes of them there, over real connections. */

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect as connectTcp, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { connect, formatAddress, listen, RpcPool } from '../../../src/cluster/comm/index.js';
import { FrameTasks } from '../../../src/cluster/frame/index.js';
import { encodeFrames, encodeMessage } from '../../../src/cluster/wire/index.js';
import { Incoming } from '../../../src/cluster/worker/incoming.js';
import { Outgoing } from '../../../src/cluster/worker/outgoing.js';
import { Store } from '../../../src/cluster/worker/store.js';
import { makeEngine } from '../../engine/support/engine.js';

const MIB = 2 ** 20;
const directory = mkdtempSync(join(tmpdir(), 'tilework-outgoing-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A worker's store of blocks of 8 MiB, each full of its number and 200, with memory for some 64 MiB, and who answers for it. */
async function serving(blocks: number, mostBytes: number) {
  const memoryLimit = process.memoryUsage.rss() + 160 * MIB;
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

/** A worker's store with nothing in it, and who fetches for it. */
function fetching(warn: (text: string) => void = () => {}) {
  const engine = makeEngine();
  const store = new Store(engine);
  const pool = new RpcPool();
  const address = 'tcp://127.0.0.1:2';
  const incoming = new Incoming(store, pool, address, new FrameTasks(engine, pool, address), warn);
  return { engine, store, incoming, [Symbol.dispose]: () => pool.close() };
}

test('blocks are read straight into the memory for blocks, values beside them', async () => {
  const { store, keys, listener } = await serving(3, 64 * MIB);
  await using _ = listener;
  const numbers = new Float64Array(100_000).fill(7);
  await store.put('numbers', { value: { numbers } });
  await store.put('two', {
    blocks: [1, 2].map((n) => ({ dtype: 'uint8', shape: [MIB], data: new Uint8Array(MIB).fill(n) })),
  });
  using there = fetching();
  const worker = formatAddress(listener.address);
  const reserved: number[] = [];
  const { reserve } = there.engine;
  there.engine.reserve = (bytes) => {
    reserved.push(bytes);
    return reserve.call(there.engine, bytes);
  };
  const event = await there.incoming.gather({
    do: 'gather',
    worker,
    keys: [...keys, 'numbers', 'two'],
    nbytes: 0,
  });
  expect(event.kind).toBe('gather-succeeded');
  expect(reserved).toEqual([8 * MIB, 8 * MIB, 8 * MIB]);
  expect(there.engine.stats().memory.used).toBe(26 * MIB);
  expect(there.store.valueOf('numbers')).toEqual({ numbers });
  using loan = await there.store.lend([...keys, 'two']);
  const firsts = [];
  for (const key of [...keys, 'two']) {
    const { blocks } = (await loan.load(key)) as unknown as { blocks: readonly { data: Uint8Array }[] };
    for (const { data } of blocks)
      firsts.push([data.length / MIB, data[0], Buffer.from(data).equals(Buffer.alloc(data.length, data[0]))]);
  }
  expect(firsts).toEqual([
    [8, 200, true],
    [8, 201, true],
    [8, 202, true],
    [1, 1, true],
    [1, 2, true],
  ]);
});

test('memory for what a peer did not send to its end is given back', async () => {
  const proxied = await serving(1, 64 * MIB);
  await using _ = proxied.listener;
  const { host, port } = proxied.listener.address;
  const server = createServer((socket) => {
    const peer = connectTcp({ host, port });
    socket.pipe(peer);
    let bytes = 0;
    peer.on('data', (chunk) => {
      bytes += chunk.length;
      socket.write(chunk);
      if (bytes > 4 * MIB) socket.destroy();
    });
    for (const end of [socket, peer]) end.on('error', () => {}).on('close', () => peer.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const warnings: string[] = [];
  using there = fetching((text) => warnings.push(text));
  const worker = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const event = await there.incoming.gather({ do: 'gather', worker, keys: proxied.keys, nbytes: 0 });
  server.close();
  expect(event).toEqual({ kind: 'gather-failed', worker });
  expect(warnings).toEqual([expect.stringContaining(`cannot fetch from ${worker}`)]);
  expect(there.engine.stats().memory.touched).toBeGreaterThan(0);
  expect(there.engine.stats().memory.used).toBe(0);
});
