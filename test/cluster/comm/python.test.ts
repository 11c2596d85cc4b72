/** Python's own end of the wire: a scheduler that is called, a client of distributed's that calls. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROTOCOL } from '../../../src/cluster/client/hello.js';
import { connect, formatAddress, listen, RpcPool } from '../../../src/cluster/comm/index.js';
import { decodeResult, encodeResult, Serialized } from '../../../src/cluster/wire/index.js';
import { makeCertificates } from '../support/certificates.js';
import { describeWithDask, type Process, startScheduler, VERSIONS } from '../support/scheduler.js';

const handlers = {
  reverse: ({ data }: Readonly<Record<string, unknown>>) => {
    const result = decodeResult(data as Serialized);
    const [block] = 'blocks' in result ? result.blocks : [];
    return encodeResult({ blocks: [{ ...block!, data: block!.data.slice().reverse() as never }] });
  },
  value: () =>
    new Serialized({ serializer: 'msgpack' }, encodeResult({ value: { a: [1, 'b', null] } }).frames),
  fail: () => {
    throw new RangeError('too far');
  },
};

async function callFromPython(
  python: string,
  address: string,
  files: readonly string[] = [],
): Promise<unknown> {
  const script = join(import.meta.dirname, 'python.py');
  const { stdout } = await promisify(execFile)(python, ['-B', script, address, ...files]);
  return JSON.parse(stdout);
}

const EXPECTED = {
  array: [
    [5, 4, 3],
    [2, 1, 0],
  ],
  dtype: 'float32',
  writeable: true,
  value: { a: [1, 'b', null] },
  failure: 'Exception: RangeError: too far',
};

for (const version of VERSIONS)
  await describeWithDask(
    `distributed ${version}`,
    (python) => {
      let scheduler: Process;
      beforeAll(async () => {
        scheduler = await startScheduler(python);
      });

      test('answers calls', async () => {
        const pool = new RpcPool();
        expect(await pool.call(scheduler.address, 'identity')).toMatchObject({ type: 'Scheduler' });
        expect(await pool.call(scheduler.address, 'tilework_hello')).toMatchObject({ protocol: PROTOCOL });
        await expect(pool.call(scheduler.address, 'identity', { nonsense: 1 })).rejects.toThrow(
          'could not do "identity"',
        );
        pool.close();
      });

      test('calls', async () => {
        await using listener = await listen({ handlers });
        expect(await callFromPython(python, formatAddress(listener.address))).toEqual(EXPECTED);
      });
    },
    version,
  );

await describeWithDask('TLS', (python) => {
  const certificates = makeCertificates(python);
  const { member, files } = certificates;
  let secure: Process;
  let plain: Process;
  beforeAll(async () => {
    [secure, plain] = await Promise.all([startScheduler(python, { tls: files }), startScheduler(python)]);
  });
  const pools: RpcPool[] = [];
  afterAll(() => {
    for (const pool of pools) pool.close();
  });

  test('works between those whom one authority signed', async () => {
    const pool = new RpcPool({ certificates: member });
    pools.push(pool);
    expect(await pool.call(secure.address, 'identity')).toMatchObject({ type: 'Scheduler' });
    await using listener = await listen({ certificates: member, handlers });
    expect(
      await callFromPython(python, formatAddress(listener.address), [files.ca, files.cert, files.key]),
    ).toEqual(EXPECTED);
  });

  test('refuses others', async () => {
    await expect(connect(secure.address, { certificates: certificates.distrustful })).rejects.toThrow(
      'was not signed by the authority given as `ca`',
    );
    await expect(connect(secure.address, { certificates: certificates.trustsNamesake })).rejects.toThrow(
      'was not signed by the authority given as `ca`',
    );
    for (const name of ['stranger', 'namesake'] as const)
      await expect(connect(secure.address, { certificates: certificates[name] })).rejects.toThrow(
        'it refused our certificate: it must be signed by the authority of the cluster',
      );
    await expect(connect(secure.address, { certificates: certificates.expired })).rejects.toThrow(
      'it refused our certificate: it has expired',
    );
    await using listener = await listen({ certificates: member, handlers });
    const address = formatAddress(listener.address);
    await expect(connect(address, { certificates: certificates.stranger })).rejects.toThrow(
      'it refused our certificate',
    );
  });

  test('says which certificate is of no use, before it goes anywhere', async () => {
    const { ca, cert, key } = member;
    const garbled = cert.toString().replace(/^M\w{8}/m, '*********');
    const cases = [
      [{ ca: files.ca, cert, key }, 'ca is no certificate as PEM: give the text of the file, not its path'],
      [{ ca, cert: garbled, key }, 'cert is no certificate that can be used: '],
      [{ ca, cert: key, key }, 'cert is no certificate that can be used: '],
      [{ ca, cert, key: cert }, 'key is no private key that can be used: '],
      [{ ca, cert, key: certificates.stranger.key }, 'key is not that of cert'],
    ] as const;
    for (const [given, message] of cases)
      await expect(connect(secure.address, { certificates: given })).rejects.toThrow(message);
    await expect(listen({ certificates: { ca, cert, key: cert }, handlers })).rejects.toThrow('key is no');
  });

  test('is told from plain TCP, on both sides', async () => {
    const asPlain = (address: string): string => address.replace('tls:', 'tcp:');
    await expect(connect(asPlain(secure.address))).rejects.toThrow(/TLS/);
    await expect(connect(plain.address.replace('tcp:', 'tls:'), { certificates: member })).rejects.toThrow(
      'it does not speak TLS',
    );
    await using listener = await listen({ certificates: member, handlers });
    await expect(connect(asPlain(formatAddress(listener.address)))).rejects.toThrow(/TLS/);
  });
});
