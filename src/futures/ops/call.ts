import { isHandleMark } from '../../engine/actors/actors.js';
import type { Op, Result } from '../../engine/op.js';
import { type CallCommon, type CallParams, call } from '../../engine/ops/call.js';
import { actorOf } from '../actors/proxy.js';
import { Client } from '../client.js';
import { withClient } from '../current.js';

/** The operation `futures/call`: a call whose function may ask for a client, or gets actors. */
export const callWithClient: Op<CallParams, CallCommon> = (ctx) => {
  let client: Client | undefined;
  const clientOf = (): Client => {
    if (ctx.engine === undefined)
      throw new TypeError('the engine that runs this task lets tasks submit no others');
    client ??= new Client(ctx.engine());
    return client;
  };
  const revived = (input: Result): Result =>
    'value' in input && isHandleMark(input.value)
      ? { value: actorOf(input.value.$actor, clientOf().engine) }
      : input;
  return withClient(clientOf, () => call({ ...ctx, inputs: ctx.inputs.map(revived) }));
};
