/** What runs tasks in tests: the real runner with operations that only tests need. */
import type { FromThread } from '../../../src/engine/messages.js';
import type { Op } from '../../../src/engine/op.js';
import { Runner } from '../../../src/engine/thread/runner.js';
import { testOps } from './ops.js';

async function load(name: string): Promise<Op<unknown, unknown>> {
  const loader = testOps[name];
  if (loader === undefined) throw new Error(`no operation is called ${JSON.stringify(name)}`);
  return (await loader()) as Op<unknown, unknown>;
}

export const makeRunner = (control: SharedArrayBuffer, post: (message: FromThread) => void): Runner =>
  new Runner(control, post, load);
