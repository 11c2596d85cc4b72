import type { FunctionSpec } from '../../graph/function-spec.js';
import type { Key } from '../../graph/task.js';
import type { AnswerMessage, AskMessage } from '../messages.js';
import type { WireError } from '../wire-error.js';
import type { ActorRequest } from './actors.js';

/** What the main thread says to the thread of an actor: questions, each of which is answered once, and answers to the actor's own. */
export type ToActor =
  | { readonly kind: 'question'; readonly id: number; readonly question: ActorQuestion }
  | AnswerMessage;

export type ActorQuestion =
  | {
      readonly do: 'make';
      readonly key: Key;
      readonly fn: FunctionSpec;
      readonly args: readonly unknown[];
    }
  | { readonly do: 'collect' }
  | ActorRequest;

/** What the thread of an actor says. */
export type FromActor = ReplyMessage | AskMessage;

export interface ReplyMessage {
  readonly kind: 'reply';
  readonly id: number;
  readonly value?: unknown;
  readonly error?: WireError;
}
