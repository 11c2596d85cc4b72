/** What runs tasks: the runner with every operation, for a thread or for the main thread. */
import type { FromActor } from './engine/actors/messages.js';
import type { FromThread } from './engine/messages.js';
import type { Op } from './engine/op.js';
import { Runner } from './engine/thread/runner.js';
import type { ActorHost } from './futures/ops/actor-host.js';
import { setUploadRoot } from './graph/upload-base.js';
import { ops } from './ops.js';

/**
 * A runner over a block of claims (`engine/control.ts`); reports go out by `post`.
 * @param uploads where the engine puts what users' functions import of it; the main thread calls none
 */
export function makeRunner(
  control: SharedArrayBuffer,
  post: (message: FromThread) => void,
  uploads?: string,
): Runner {
  setUploadRoot(uploads);
  return new Runner(control, post, load);
}

/**
 * What has an actor in the thread of its own; what it says goes out by `post`.
 * @param uploads where the engine puts what users' functions import of it
 */
export async function makeActorHost(post: (message: FromActor) => void, uploads: string): Promise<ActorHost> {
  setUploadRoot(uploads);
  const { ActorHost } = await import('./futures/ops/actor-host.js');
  return new ActorHost(post);
}

async function load(name: string): Promise<Op<unknown, unknown>> {
  const loader = Object.hasOwn(ops, name) ? ops[name] : undefined;
  if (loader === undefined) throw new Error(`no operation is called ${JSON.stringify(name)}`);
  return (await loader()) as Op<unknown, unknown>;
}
