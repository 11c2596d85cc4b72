// What `helm test` runs: a computation on the release's workers, and whether Jupyter asks for the password.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as tw from 'tilework';

const { DASK_SCHEDULER_ADDRESS, NODE_WORKERS, TLS, JUPYTER } = process.env;

const pem = (file) => readFileSync(`${TLS}/${file}`, 'utf8');
const security = TLS
  ? { ca: pem('ca.crt'), cert: pem('tls.crt'), key: pem('tls.key') }
  : { allowPlain: true };
const client = await tw.connect(DASK_SCHEDULER_ADDRESS, security);
console.log(`connected to ${DASK_SCHEDULER_ADDRESS}`);
if (Number(NODE_WORKERS) > 0) {
  const sum = await tw.arange(1_000_000, { chunks: 100_000 }).sum().compute();
  assert.equal(sum, 499_999_500_000);
  console.log('workers computed the sum of a million numbers');
}
await client.dispose();

if (JUPYTER) {
  assert.equal((await fetch(`${JUPYTER}/api`)).status, 200);
  assert.equal((await fetch(`${JUPYTER}/api/contents`)).status, 403);
  console.log('Jupyter answers, and asks for the password');
}
