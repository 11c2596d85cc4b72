import { afterAll, beforeAll, expect, test } from 'vitest';
import { getData, RpcPool } from '../../../src/cluster/comm/index.js';
import { decodeResult, encodeResult, type Serialized } from '../../../src/cluster/wire/index.js';
import { makeCertificates } from '../support/certificates.js';
import { startProxy } from '../support/proxy.js';
import { describeWithDask, KEEPING_COPIES, type Process, startScheduler } from '../support/scheduler.js';
import { startWorker } from './support/process.js';

const block = { dtype: 'float64', shape: [2, 3], data: Float64Array.of(0, 1, 2, 3, 4, 5) } as const;

/** The scheduler gives data only to workers of which it knows that they run. */
const running = (pool: RpcPool, scheduler: string, count: number): Promise<void> =>
  expect
    .poll(async () => Object.keys((await pool.call(scheduler, 'ncores_running', {})) as object).length)
    .toBe(count);

await describeWithDask('calls to a Node worker', (python) => {
  let scheduler: Process;
  const pool = new RpcPool();
  beforeAll(async () => {
    scheduler = await startScheduler(python, { config: KEEPING_COPIES });
  });
  afterAll(() => pool.close());
  const call = (op: string, fields: object = {}): Promise<unknown> =>
    pool.call(scheduler.address, op, fields);

  test('what a client scatters is held, copied to other workers, moved, and given up', async () => {
    const workers = await Promise.all([1, 2].map(() => startWorker(scheduler.address)));
    await running(pool, scheduler.address, 2);
    const addresses = workers.map(({ address }) => address);
    const data = { array: encodeResult({ blocks: [block] }), text: encodeResult({ value: 'hello' }) };
    const keys = Object.keys(data);
    await call('scatter', { data, workers: null, client: 'test', broadcast: true, timeout: 60 });
    const whoHas = (await call('who_has', { keys })) as Record<string, string[]>;
    expect(Object.values(whoHas).map((list) => [...list].sort())).toEqual(
      keys.map(() => [...addresses].sort()),
    );
    for (const address of addresses) {
      const got = await getData(pool, address, ['array', 'text', 'nowhere']);
      expect([...got.keys()].sort()).toEqual(keys);
      expect(decodeResult(got.get('array')!)).toEqual({ blocks: [block] });
      expect(decodeResult(got.get('text')!)).toEqual({ value: 'hello' });
      expect(((await pool.call(address, 'keys')) as string[]).sort()).toEqual(keys);
    }
    // Python names keys in sets.
    await pool.call(addresses[0]!, 'free_keys', { keys: new Set(keys), stimulus_id: 'test' });
    expect(await pool.call(addresses[0]!, 'keys')).toEqual([]);
    const again = await pool.call(addresses[0]!, 'gather', {
      who_has: { array: [addresses[1]], lost: [addresses[1]] },
    });
    expect(again).toEqual({ status: 'partial-fail', keys: ['lost'] });
    expect(await pool.call(addresses[0]!, 'keys')).toEqual(['array']);
  });

  test('the scheduler gathers through its workers, and asks them what it asks Python workers', async () => {
    const { address } = await startWorker(scheduler.address, ['--name', 'asked']);
    await running(pool, scheduler.address, 1);
    await call('scatter', {
      data: { x: encodeResult({ value: 7 }) },
      workers: [address],
      client: 'test',
      broadcast: false,
    });
    const { status, data } = (await call('gather', { keys: ['x'], serializers: ['msgpack', 'dask'] })) as {
      status: string;
      data: Record<string, Serialized>;
    };
    expect([status, decodeResult(data.x!)]).toEqual(['OK', { value: 7 }]);
    const logs = (await call('worker_logs', { n: 10, workers: [address], nanny: false })) as Record<
      string,
      unknown[][]
    >;
    expect(logs[address]!.flat()).toContainEqual(expect.stringContaining('has joined'));
    expect(await call('broadcast', { msg: { op: 'ping' } })).toEqual({ [address]: 'pong' });
    const versions = (await call('broadcast', { msg: { op: 'versions' } })) as Record<string, object>;
    expect(versions[address]).toHaveProperty('packages.distributed');
    expect(await pool.call(address, 'identity')).toMatchObject({
      type: 'Worker',
      name: 'asked',
      nthreads: 1,
    });
    expect(await pool.call(address, 'dump_state')).toMatchObject({ tasks: { x: { state: 'memory' } } });
    await expect(pool.call(address, 'run', {})).rejects.toThrow(/no operation is called "run"/);
  });

  test('a name that is taken is refused, with the reason, unless it may be of the same worker before', async () => {
    const line = await startProxy(scheduler.address);
    const first = await startWorker(line.address, ['--name', 'twin'], { nanny: true });
    // At once, and the scheduler does not notice that the connection broke.
    const others = line.hangUp();
    await expect(startWorker(scheduler.address, ['--name', 'twin'], { nanny: true })).rejects.toThrow(
      /ended with 1:[\s\S]*refuses this worker: name taken, twin/,
    );
    await first.prints(/name taken, twin[\s\S]*started again/);
    for (const socket of others) socket.destroy();
    await first.prints(/has joined[\s\S]*has joined/);
    line.close();
  });

  test('a worker told to terminate leaves in order', async () => {
    const worker = await startWorker(scheduler.address);
    expect(await pool.call(worker.address, 'terminate', { reason: 'enough' })).toBe('OK');
    expect(await worker.exited).toBe(0);
    expect(worker.log()).toContain('closing: enough');
  });

  test('a worker whose scheduler is gone ends, and says so', async () => {
    const doomed = await startScheduler(python);
    const worker = await startWorker(doomed.address);
    const supervised = await startWorker(doomed.address, ['--death-timeout', '10'], { nanny: true });
    await doomed.kill();
    expect(await worker.exited).toBe(4);
    expect(worker.log()).toMatch(/the scheduler is gone/);
    // It is started again, and waits for the scheduler as long as it was told.
    expect(await supervised.exited).toBe(1);
    expect(supervised.log()).toMatch(/the scheduler is gone[\s\S]*started again[\s\S]*nothing listens there/);
  });

  test('workers talk TLS where the scheduler does', async () => {
    const { files, member } = makeCertificates(python);
    const secure = await startScheduler(python, { tls: files, config: KEEPING_COPIES });
    const flags = ['--tls-ca-file', files.ca, '--tls-cert', files.cert, '--tls-key', files.key];
    const workers = await Promise.all([1, 2].map(() => startWorker(secure.address, flags)));
    const safe = new RpcPool({ certificates: member });
    await running(safe, secure.address, 2);
    const data = { x: encodeResult({ blocks: [block] }) };
    await safe.call(secure.address, 'scatter', {
      data,
      workers: null,
      client: 'test',
      broadcast: true,
      timeout: 60,
    });
    for (const { address } of workers) {
      expect(address).toMatch(/^tls:\/\/127\.0\.0\.1/);
      expect(decodeResult((await getData(safe, address, ['x'])).get('x')!)).toEqual({ blocks: [block] });
    }
    safe.close();
  });
});
