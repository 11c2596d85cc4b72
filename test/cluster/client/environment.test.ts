import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { completed } from '../../../src/cluster/client/index.js';

const home = mkdtempSync(join(tmpdir(), 'tilework-environment-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));
for (const file of ['ca.crt', 'tls.crt', 'tls.key']) writeFileSync(join(home, file), file.toUpperCase());

const ADDRESS = 'tls://scheduler:8786';
const VARIABLES = {
  DASK_SCHEDULER_ADDRESS: ADDRESS,
  DASK_DISTRIBUTED__COMM__TLS__CA_FILE: join(home, 'ca.crt'),
  DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT: join(home, 'tls.crt'),
  DASK_DISTRIBUTED__COMM__TLS__CLIENT__KEY: join(home, 'tls.key'),
};
const PEM = { ca: 'CA.CRT', cert: 'TLS.CRT', key: 'TLS.KEY' };

describe('what a program leaves out', () => {
  it("is what Dask's variables say, then what the chart mounts", () => {
    expect(completed(undefined, { name: 'a' }, VARIABLES, '/nowhere')).toEqual([
      ADDRESS,
      { name: 'a', ...PEM },
    ]);
    expect(completed(undefined, {}, { DASK_SCHEDULER_ADDRESS: ADDRESS }, home)).toEqual([ADDRESS, PEM]);
    expect(completed(ADDRESS, {}, {}, '/nowhere')).toEqual([ADDRESS, {}]);
  });

  it('is the scheme too: that of TLS where there are certificates', () => {
    expect(completed('127.0.0.1:1', {}, {}, '/nowhere')).toEqual(['tcp://127.0.0.1:1', {}]);
    expect(completed('host:1', PEM, {}, '/nowhere')).toEqual(['tls://host:1', PEM]);
    const variables = { ...VARIABLES, DASK_SCHEDULER_ADDRESS: 'host:1' };
    expect(completed(undefined, {}, variables, '/nowhere')).toEqual(['tls://host:1', PEM]);
    expect(() => completed('http://host:1', {}, {}, '/nowhere')).toThrow(/is no address/);
    expect(() => completed('host', {}, {}, '/nowhere')).toThrow(/is no address/);
  });

  it('does not replace what it says', () => {
    const own = { ca: 'a', cert: 'b', key: 'c' };
    expect(completed('tls://other:1', own, VARIABLES, home)).toEqual(['tls://other:1', own]);
    expect(completed('tcp://127.0.0.1:1', {}, VARIABLES, home)).toEqual(['tcp://127.0.0.1:1', {}]);
  });

  it('is missed by name', () => {
    expect(() => completed(undefined, {}, {}, '/nowhere')).toThrow(
      "connect: no address: give one, such as 'tls://scheduler:8786', or set DASK_SCHEDULER_ADDRESS",
    );
    const { DASK_DISTRIBUTED__COMM__TLS__CLIENT__KEY: _, ...partly } = VARIABLES;
    expect(() => completed(undefined, {}, partly, home)).toThrow(/but for DASK_\w+__CLIENT__KEY$/);
    const lost = { ...VARIABLES, DASK_DISTRIBUTED__COMM__TLS__CA_FILE: '/nowhere/ca' };
    expect(() => completed(undefined, {}, lost, home)).toThrow(/TLS__CA_FILE: ENOENT.*\/nowhere\/ca/);
  });
});
