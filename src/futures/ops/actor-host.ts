import { isHandleMark } from '../../engine/actors/actors.js';
import type { ActorQuestion, FromActor, ToActor } from '../../engine/actors/messages.js';
import { detached } from '../../engine/detached.js';
import { collectGarbage } from '../../engine/memory/collect.js';
import type { Request } from '../../engine/messages.js';
import { TaskEngine } from '../../engine/thread/task-engine.js';
import { fromWire, toWire } from '../../engine/wire-error.js';
import { compileFunction } from '../../graph/compile-function.js';
import { isPlainObject } from '../../graph/plain-data.js';
import { actorOf } from '../actors/proxy.js';
import { Client } from '../client.js';
import { withClient } from '../current.js';

/** The number of all that an actor asks of its engine. */
const SEQUENCE = 0;

interface Asking {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * An actor in its thread. What is asked of it begins in the order in which it comes: a method that returns no promise has ended before the next begins, and while one
 * awaits something others may begin, as in any program.
 */
export class ActorHost {
  private object: object | undefined;
  private readonly asking = new Map<number, Asking>();
  private lastAsked = 0;
  private readonly client = new Client(new TaskEngine((request) => this.ask(request)));

  constructor(private readonly post: (message: FromActor) => void) {}

  take(message: ToActor): void {
    if (message.kind === 'question') {
      void this.reply(message.id, message.question);
      return;
    }
    const asking = this.asking.get(message.id);
    this.asking.delete(message.id);
    if (message.error === undefined) asking?.resolve(message.value);
    else asking?.reject(fromWire(message.error));
  }

  private async reply(id: number, question: ActorQuestion): Promise<void> {
    try {
      const value = detached(
        await withClient(
          () => this.client,
          () => this.answerTo(question),
        ),
      );
      this.post({ kind: 'reply', id, value });
    } catch (error) {
      this.post({ kind: 'reply', id, error: toWire(error) });
    }
  }

  private answerTo(question: ActorQuestion): unknown {
    switch (question.do) {
      case 'make':
        return this.make(question);
      case 'collect':
        collectGarbage('all');
        return undefined;
      case 'get':
        return this.attribute(question.member);
      case 'call':
        return this.call(question.member, question.args);
    }
  }

  /** @returns names of its methods */
  private async make({ fn, args }: Extract<ActorQuestion, { do: 'make' }>): Promise<readonly string[]> {
    const made = (await compileFunction(fn)) as unknown as new (...args: unknown[]) => object;
    const object = new made(...(this.given(args) as unknown[]));
    const methods = methodsOf(object);
    if (methods.includes('then'))
      throw new TypeError(
        'a class with a method "then" is none for an actor: whoever awaits one would call it. Call it otherwise',
      );
    this.object = object;
    return methods;
  }

  private call(member: string, args: readonly unknown[]): unknown {
    const method: unknown = Reflect.get(this.object!, member);
    if (typeof method !== 'function')
      throw new TypeError(`the actor has no method ${JSON.stringify(member)}`);
    return Reflect.apply(method, this.object, this.given(args) as unknown[]);
  }

  private attribute(member: string): unknown {
    const value: unknown = Reflect.get(this.object!, member);
    if (typeof value === 'function')
      throw new TypeError(
        `${JSON.stringify(member)} became a method after the actor was made: declare it in the class`,
      );
    return value;
  }

  /** What is given to it, with actors that it can call. */
  private given(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((item) => this.given(item));
    if (isHandleMark(value)) return actorOf(value.$actor, this.client.engine);
    if (value instanceof Map)
      return new Map([...value].map(([key, item]) => [this.given(key), this.given(item)]));
    if (value instanceof Set) return new Set([...value].map((item) => this.given(item)));
    if (!isPlainObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.given(item)]));
  }

  private ask(request: Request): Promise<unknown> {
    const id = ++this.lastAsked;
    return new Promise((resolve, reject) => {
      this.asking.set(id, { resolve, reject });
      this.post({ kind: 'ask', sequence: SEQUENCE, id, request });
    });
  }
}

/** All that can be called of an object: what its classes declare, and functions among what it has itself. */
function methodsOf(object: object): readonly string[] {
  const found = new Set<string>();
  for (
    let at: object | null = object;
    at !== null && at !== Object.prototype;
    at = Object.getPrototypeOf(at) as object | null
  )
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at)))
      if (typeof value === 'function' && name !== 'constructor') found.add(name);
  return [...found];
}
