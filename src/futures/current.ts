import { AsyncLocalStorage } from 'node:async_hooks';
import { CLIENT_SLOT } from '../delayed/function.js';
import type { Client } from './client.js';

/** The client of what runs now; several tasks, or calls of an actor, may be under way in a thread. */
const clients = new AsyncLocalStorage<() => Client>();

Object.defineProperty(globalThis, Symbol.for(CLIENT_SLOT), {
  value: (): Client => {
    const client = clients.getStore();
    if (client === undefined)
      throw new TypeError('there is no client here: a function that calls getClient must capture it');
    return client();
  },
});

/** Runs something in which `getClient` gives a client. */
export const withClient = <T>(client: () => Client, run: () => T): T => clients.run(client, run);
