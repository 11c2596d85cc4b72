import { once } from 'node:events';
import { createServer as createHttp } from 'node:http';
import { type AddressInfo, connect as connectTcp, createServer, Server } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  ANSWERED,
  BatchedStream,
  CommClosedError,
  CommError,
  type Connection,
  connect,
  formatAddress,
  type Handler,
  type Listener,
  listen,
  parseAddress,
  RemoteError,
  RpcPool,
} from '../../../src/cluster/comm/index.js';
import { LaterFrame, Serialized } from '../../../src/cluster/wire/index.js';
import { startProxy } from '../support/proxy.js';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function serve(handlers: Record<string, Handler>): Promise<string> {
  const listener: Listener = await listen({ handlers });
  ends.push(() => listener.close());
  return formatAddress(listener.address);
}

function pool(): RpcPool {
  const made = new RpcPool();
  ends.push(() => made.close());
  return made;
}

async function stranger(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => server.close());
  return `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a connection that the system could not accept is told of, and others are accepted', async () => {
  const told: unknown[] = [];
  const listener = await listen({
    handlers: { echo: ({ data }) => data },
    onError: (error) => told.push(error),
  });
  ends.push(() => listener.close());
  const handles = (process as unknown as { _getActiveHandles(): object[] })._getActiveHandles();
  const isListener = (handle: object): handle is Server =>
    handle instanceof Server && (handle.address() as AddressInfo | null)?.port === listener.address.port;
  const server = handles.find(isListener)!;
  const refused = new Error('accept EMFILE');
  for (let i = 0; i < 2; i++) server.emit('error', refused);
  expect(told).toEqual([refused, refused]);
  expect(await pool().call(formatAddress(listener.address), 'echo', { data: 1 })).toBe(1);
});

test('what may take for ever is waited for', async () => {
  const address = await serve({ echo: ({ data }) => data });
  const answer = pool().call(address, 'echo', { data: 1 }, { timeout: Number.POSITIVE_INFINITY });
  expect(await answer).toBe(1);
  await (await connect(address, { timeout: 2 ** 40 })).close();
});

describe('addresses', () => {
  test('are read and written', () => {
    for (const text of ['tcp://127.0.0.1:8786', 'tls://scheduler.dask.svc:1', 'tcp://[::1]:65535'])
      expect(formatAddress(parseAddress(text))).toBe(text);
    expect(parseAddress('tls://[fe80::1]:2')).toEqual({ scheme: 'tls', host: 'fe80::1', port: 2 });
  });

  test.each([
    '127.0.0.1:8786',
    'http://a:1',
    'tcp://a',
    'tcp://a:0',
    'tcp://a:65536',
    'tcp://::1:5',
    'tcp://[a]:5',
    '',
  ])('that are none say how one looks: %s', (text) =>
    expect(() => parseAddress(text)).toThrow('is no address: write tcp://host:8786'),
  );
});

describe('calls', () => {
  test('are answered, with bytes beside the message', async () => {
    const address = await serve({
      double: ({ data }) =>
        new Serialized({ serializer: 'x' }, [(data as Serialized).frames[0]!.map((b) => 2 * b)]),
    });
    const answer = await pool().call(address, 'double', { data: new Serialized({}, [Uint8Array.of(1, 2)]) });
    expect((answer as Serialized).frames).toEqual([Uint8Array.of(2, 4)]);
  });

  test('on many connections at once each get their own answer', async () => {
    const address = await serve({ same: ({ n }) => n });
    const calls = pool();
    const numbers = Array.from({ length: 50 }, (_, i) => i);
    expect(await Promise.all(numbers.map((n) => calls.call(address, 'same', { n })))).toEqual(numbers);
  });

  test('that fail throw what the peer threw', async () => {
    const address = await serve({
      fail: () => {
        throw new RangeError('too far');
      },
    });
    const calls = pool();
    const error = (await calls.call(address, 'fail').catch((e) => e)) as RemoteError;
    expect(error).toBeInstanceOf(RemoteError);
    expect(error.message).toBe(`${address} could not do "fail": too far`);
    expect(error.cause).toBeInstanceOf(RangeError);
    await expect(calls.call(address, 'toString')).rejects.toThrow('no operation is called "toString" here');
  });

  test('end with the signal, and leave nothing behind', async () => {
    const address = await serve({ wait: () => new Promise(() => {}), same: ({ n }) => n });
    const calls = pool();
    const controller = new AbortController();
    const waiting = calls.call(address, 'wait', {}, { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('enough')), 20);
    await expect(waiting).rejects.toThrow('enough');
    await expect(calls.call(address, 'wait', {}, { timeout: 20 })).rejects.toThrow(
      'did not answer within 0.02 s',
    );
    expect(await calls.call(address, 'same', { n: 1 })).toBe(1);
  });

  test('reject when this end is closed', async () => {
    const address = await serve({ wait: () => new Promise(() => {}) });
    const calls = pool();
    const waiting = calls.call(address, 'wait');
    setTimeout(() => calls.close(), 20);
    await expect(waiting).rejects.toThrow(CommError);
    await expect(calls.call(address, 'wait')).rejects.toThrow('this end was closed');
  });

  test('wait for a peer that is slow, and give one up that cannot be reached any more', async () => {
    const asked: ((answer: string) => void)[] = [];
    const line = await startProxy(await serve({ wait: () => new Promise((resolve) => asked.push(resolve)) }));
    ends.push(() => line.close());
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    ends.push(() => vi.useRealTimers());
    const calls = pool();
    const pass = async (seconds: number): Promise<void> => {
      for (let i = 0; i < seconds; i++) {
        await vi.advanceTimersByTimeAsync(1_000);
        // Connections are made in real time.
        const turn = () => new Promise((resolve) => setImmediate(resolve));
        for (let turns = 0; turns < 5; turns++) await turn();
        while (process.getActiveResourcesInfo().includes('TCPConnectWrap')) await turn();
      }
    };
    const slow = calls.call(line.address, 'wait');
    while (asked.length < 1) await pass(0.1);
    await pass(60);
    asked[0]!('at last');
    expect(await slow).toBe('at last');

    const lost = calls.call(line.address, 'wait');
    const outcome = expect(lost).rejects.toThrow(`${line.address} cannot be reached any more`);
    while (asked.length < 2) await pass(0.1);
    line.stopListening();
    await pass(30);
    await outcome;
  });

  test('reject when the peer goes away', async () => {
    const address = await serve({
      die: (_, connection) => {
        connection.abort();
        return ANSWERED;
      },
    });
    await expect(pool().call(address, 'die')).rejects.toThrow(CommClosedError);
  });
});

describe('connections', () => {
  test('to nobody say so', async () => {
    const address = await stranger(createServer());
    for (const end of ends.splice(0)) await end();
    await expect(connect(address)).rejects.toThrow(`cannot talk to ${address}: nothing listens there`);
    await expect(connect('tcp://no.such.host.invalid:1', { allowPlain: true })).rejects.toThrow(CommError);
  });

  test('to a web server say so', async () => {
    const address = await stranger(createHttp());
    await expect(connect(address)).rejects.toThrow("does not speak Dask's protocol: it is a web server");
  });

  test('to something else show what it says', async () => {
    const address = await stranger(createServer((socket) => socket.end('220 mail.example.com ESMTP')));
    await expect(connect(address)).rejects.toThrow('its first bytes are "220 mail.example.com"');
  });

  test('to who says nothing end', async () => {
    const address = await stranger(createServer(() => {}));
    await expect(connect(address, { timeout: 50 })).rejects.toThrow('did not answer within 0.05 s');
    await expect(connect(address, { signal: AbortSignal.timeout(20) })).rejects.toThrow('timeout');
    for (const end of ends.splice(0)) void end();
  });

  test('of plain TCP stay on the machine unless told otherwise', async () => {
    await expect(connect('tcp://192.0.2.1:8786')).rejects.toThrow('would leave this machine');
    await expect(connect('tls://127.0.0.1:8786')).rejects.toThrow('tls:// needs certificates');
    await expect(listen({ host: '0.0.0.0', handlers: {} })).rejects.toThrow('would leave this machine');
  });

  test('of strangers do not disturb a listener', async () => {
    const address = await serve({ same: ({ n }) => n });
    const { host, port } = parseAddress(address);
    for (const text of [
      'GET / HTTP/1.1\r\n\r\n',
      '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'.repeat(3),
      '',
    ]) {
      const socket = connectTcp({ host, port });
      socket.on('error', () => {});
      socket.end(text, 'latin1');
      socket.resume();
      await once(socket, 'close');
    }
    expect(await pool().call(address, 'same', { n: 1 })).toBe(1);
  });

  test('with frames that are loaded late: in order, one at a time; where one cannot be had the connection ends', async () => {
    const course: string[] = [];
    const frame = (name: string, bytes: number): LaterFrame =>
      new LaterFrame(
        2 ** 20,
        async () => {
          course.push(`load ${name}`);
          return new Uint8Array(bytes).fill(7);
        },
        () => course.push(`sent ${name}`),
      );
    const address = await serve({
      good: () =>
        new Serialized({}, [Uint8Array.of(1), frame('a', 2 ** 20), frame('b', 2 ** 20), Uint8Array.of(2)]),
      short: () => new Serialized({}, [frame('c', 5)]),
    });
    const { frames } = (await pool().call(address, 'good')) as Serialized;
    expect(frames.map((bytes) => [bytes.length, bytes[0]])).toEqual([
      [1, 1],
      [2 ** 20, 7],
      [2 ** 20, 7],
      [1, 2],
    ]);
    await expect(pool().call(address, 'short')).rejects.toThrow(CommClosedError);
    expect(course).toEqual(['load a', 'sent a', 'load b', 'sent b', 'load c', 'sent c']);
  });

  test('make a fast writer wait for a slow reader, and lose nothing', async () => {
    const size = 1 << 20;
    const total = 40;
    let sent = 0;
    const address = await serve({
      pour: async (_, connection) => {
        for (let i = 0; i < total; i++) {
          await connection.write(new Serialized({ i }, [new Uint8Array(size).fill(i)]));
          sent++;
        }
        return ANSWERED;
      },
    });
    const connection = await connect(address);
    ends.push(() => connection.abort());
    await connection.write({ op: 'pour' });
    const first = await connection.read();
    expect((first as Serialized).header).toEqual({ i: 0 });
    for (let i = 1; i < total; i++) {
      const { header, frames } = (await connection.read()) as Serialized;
      expect([header.i, frames[0]!.length, frames[0]![size - 1]]).toEqual([i, size, i]);
    }
    expect(sent).toBe(total);
  });
});

describe('streams', () => {
  async function pair(): Promise<[BatchedStream, BatchedStream]> {
    let accept!: (connection: Connection) => void;
    const accepted = new Promise<Connection>((resolve) => {
      accept = resolve;
    });
    const address = await serve({
      stream: (_, connection) => {
        accept(connection);
        return new Promise(() => {});
      },
    });
    const connection = await connect(address);
    await connection.write({ op: 'stream' });
    return [new BatchedStream(connection), new BatchedStream(await accepted)];
  }

  test('carry messages in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.nat(), { minLength: 1, maxLength: 20 }), { minLength: 1 }),
        async (groups) => {
          const [here, there] = await pair();
          const expected = groups.flat();
          for (const group of groups) {
            here.send(...group.map((n) => ({ op: 'n', n })));
            if (group.length > 10) await here.drained();
          }
          const got: unknown[] = [];
          for await (const batch of there.batches())
            if (got.push(...batch.map(({ n }) => n)) === expected.length) break;
          expect(got).toEqual(expected);
          await here.close();
        },
      ),
      { numRuns: 20 },
    );
  });

  test('tell of the end', async () => {
    const [here, there] = await pair();
    here.send({ op: 'last' });
    await here.close();
    const got: unknown[] = [];
    const reading = (async () => {
      for await (const batch of there.batches()) got.push(...batch);
    })();
    await expect(reading).rejects.toThrow(CommClosedError);
    expect(got).toEqual([{ op: 'last' }]);
    there.send({ op: 'lost' });
    await there.drained();
  });

  test('do not let a message pass that cannot be sent', async () => {
    const [here] = await pair();
    const loop: Record<string, unknown> = { op: 'x' };
    loop.self = loop;
    here.send(loop as never);
    await expect(here.drained()).rejects.toThrow('nested');
  });
});

test('of several ports the first that is free is listened at; where none is, an error says so', async () => {
  await using first = await listen({ handlers: {} });
  const { port } = first.address;
  await using second = await listen({ handlers: {}, port: [port, Math.min(port + 50, 65_535)] });
  expect(second.address.port).toBeGreaterThan(port);
  await expect(listen({ handlers: {}, port: [port, port] })).rejects.toThrow(
    `cannot listen on tcp://127.0.0.1:${port}: `,
  );
});
