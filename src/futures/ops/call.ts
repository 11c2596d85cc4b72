import { AsyncLocalStorage } from 'node:async_hooks';
import { CLIENT_SLOT } from '../../delayed/function.js';
import type { Op } from '../../engine/op.js';
import { type CallCommon, type CallParams, call } from '../../engine/ops/call.js';
import { Client } from '../client.js';

/** The client of the task that runs now; several may be under way in a thread. */
const clients = new AsyncLocalStorage<() => Client>();

Object.defineProperty(globalThis, Symbol.for(CLIENT_SLOT), {
  value: (): Client => {
    const client = clients.getStore();
    if (client === undefined)
      throw new TypeError('there is no client here: a function that calls getClient must capture it');
    return client();
  },
});

/** The operation `futures/call`: a call whose function may ask for a client. */
export const callWithClient: Op<CallParams, CallCommon> = (ctx) => {
  let client: Client | undefined;
  const clientOf = (): Client => {
    if (ctx.engine === undefined)
      throw new TypeError('the engine that runs this task lets tasks submit no others');
    client ??= new Client(ctx.engine());
    return client;
  };
  return clients.run(clientOf, () => call(ctx));
};
