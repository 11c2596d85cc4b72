import { classCalleeOf, keyName } from '../../delayed/function.js';
import { callNode } from '../../delayed/node.js';
import type { Engine } from '../../engine/engine.js';
import { EngineError } from '../../engine/errors.js';
import { engineFor } from '../../lazy/index.js';
import { tasksFor } from '../behind.js';
import { pendingHere } from '../future.js';
import type { SubmitOptions } from '../options.js';
import { settings } from '../submitting.js';
import type { Actor } from './actor.js';
import { actorOf } from './proxy.js';

/** Starts an actor in the way that a client submits. */
export async function startActor(
  engine: Engine,
  options: SubmitOptions,
  given: unknown,
  args: readonly unknown[],
): Promise<Actor<unknown>> {
  if (engine.actors === undefined) throw new EngineError('this engine has no actors');
  if (options.where !== undefined)
    throw new TypeError("an actor lives in a thread of its own: it is not made with { where: 'main' }");
  if (options.key !== undefined)
    throw new TypeError('an actor has a key of its own: say by name what that begins with');
  const { captured, name } = options;
  const callee = classCalleeOf(given, captured);
  // No two are the same: each has a state of its own.
  const node = callNode(callee, args, { pure: false, name: name && keyName(name) });
  engineFor(engine, node.engine);
  await Promise.all(pendingHere(node.inputs).map(({ settled }) => settled));
  const handle = await engine.actors.start(tasksFor(node, engine), node.key, settings(options));
  return actorOf(handle, engine, true);
}
