import type { ActorRequest } from '../../engine/actors/actors.js';
import type { Key } from '../../graph/task.js';
import { encodeFailure, type Failure } from './failures.js';
import { Serialized } from './messages.js';
import { decodeResult, encodeResult } from './results.js';

/** What is asked of an actor as it travels, in the words of Dask's `actor_execute` and `actor_attribute`. */
export type AskedFields =
  | { readonly actor: Key; readonly function: string; readonly args: readonly Serialized[] }
  | { readonly actor: Key; readonly attribute: string };

/** What came of it. */
export type ActorAnswer =
  | { readonly status: 'OK'; readonly result: Serialized }
  | ({ readonly status: 'error' } & Failure);

/** @throws TypeError for arguments that cannot be sent */
export const encodeAsked = (actor: Key, request: ActorRequest): AskedFields =>
  request.do === 'get'
    ? { actor, attribute: request.member }
    : {
        actor,
        function: request.member,
        args: request.args.map((value) => encodeResult({ value })),
      };

/** @throws TypeError where it is no question for an actor */
export function decodeAsked(fields: Readonly<Record<string, unknown>>): {
  readonly actor: Key;
  readonly request: ActorRequest;
} {
  const { actor, function: called, attribute, args = [] } = fields;
  if (typeof actor !== 'string') throw new TypeError('an actor is named by its key');
  if (typeof attribute === 'string') return { actor, request: { do: 'get', member: attribute } };
  if (typeof called !== 'string' || !Array.isArray(args))
    throw new TypeError('of an actor a method is called with a list of arguments, or an attribute read');
  return { actor, request: { do: 'call', member: called, args: args.map(valueIn) } };
}

/** Asks, and says what came of it. Never rejects. */
export async function answering(ask: () => Promise<unknown>): Promise<ActorAnswer> {
  try {
    return { status: 'OK', result: encodeResult({ value: await ask() }) };
  } catch (error) {
    return { status: 'error', ...encodeFailure(error) };
  }
}

/** A value of a message, which Python sends as it is where it is short. */
export function valueIn(given: unknown): unknown {
  if (!(given instanceof Serialized)) return given;
  const result = decodeResult(given);
  return 'value' in result ? result.value : result.blocks.length === 1 ? result.blocks[0] : result.blocks;
}
