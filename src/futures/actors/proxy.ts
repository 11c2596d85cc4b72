import { own } from '../../delayed/function.js';
import { callNode } from '../../delayed/node.js';
import type { ActorHandle, ActorRequest, HandleMark } from '../../engine/actors/actors.js';
import { lost } from '../../engine/actors/thread.js';
import type { Engine } from '../../engine/engine.js';
import { whyNotCloneable } from '../../graph/plain-data.js';
import { type Family, isLazy, LAZY, type Lazy, type LazyInput, replaceLazies } from '../../lazy/index.js';
import { Submitter } from '../submitting.js';
import type { Actor } from './actor.js';

const HANDLE = own('actor-handle', '(handle) => handle');
const GIVEN = own('value', '(value) => value');

const handles = new WeakMap<object, ActorHandle>();

/** Targets of actors of which something is asked: what awaits the answer may hold nothing else. */
const asked = new Map<object, number>();

/** Where the owner of an actor is collected, so is the actor. */
const collected = new FinalizationRegistry<{ readonly engine: Engine; readonly key: string }>(
  ({ engine, key }) => void engine.actors?.end(key),
);

/**
 * An actor as it is called.
 *
 * @param engine by which it is reached
 * @param owned whether the actor ends with it
 */
export function actorOf<T = unknown>(handle: ActorHandle, engine: Engine, owned = false): Actor<T> {
  const members = new Map<string, (...args: unknown[]) => Promise<unknown>>();
  const target: Record<PropertyKey, unknown> = {};
  const caller = new Caller(handle, engine, target);
  for (const member of handle.methods) members.set(member, (...args) => caller.call(member, args));
  const end = async (): Promise<void> => {
    if (!owned) return;
    caller.over = true;
    collected.unregister(target);
    await engine.actors?.end(handle.key);
  };
  const text = (): string => `tilework.Actor<${handle.name}>`;
  const actor = new Proxy(target, {
    get(_, member) {
      if (typeof member === 'symbol' || member === 'then') return target[member];
      const method = members.get(member);
      if (method !== undefined) return method;
      // What others look for in any object is none of its attributes.
      return member in Object.prototype || member === 'toJSON' ? target[member] : caller.get(member);
    },
    set(_, member) {
      throw new TypeError(`${text()}: ${String(member)} is set by a method of the actor, not from outside`);
    },
  }) as unknown as Actor<T>;
  const family: Family = {
    *plan(lazies) {
      const value = (lazy: Lazy) => ({ keys: [], reserve: 0, put() {}, value: () => lazy, held: () => lazy });
      return { graph: new Map(), outputs: lazies.map(value) };
    },
  };
  const input = (): LazyInput => {
    const node = callNode(HANDLE, [{ $actor: handle } satisfies HandleMark]);
    // Whoever is to have it keeps it.
    return { ...node, engine, isActor: true, tasks: () => kept(target, node.tasks()) };
  };
  Object.assign(target, {
    [LAZY]: { family, engine, input },
    [Symbol.dispose]: () => void end(),
    [Symbol.asyncDispose]: end,
    [Symbol.toPrimitive]: text,
    [Symbol.for('nodejs.util.inspect.custom')]: text,
    toString: text,
  });
  handles.set(actor, handle);
  if (owned) collected.register(target, { engine, key: handle.key }, target);
  return actor;
}

/** A value that holds something else by the way. */
const kept = <T>(_holder: object, value: T): T => value;

/** Asks an actor for something, one after the other: also where arguments of the first are still to come. */
class Caller {
  /** Whether it was released. */
  over = false;
  /** Resolves when what was asked before has gone out. */
  private before: Promise<void> | undefined;

  constructor(
    private readonly handle: ActorHandle,
    private readonly engine: Engine,
    private readonly target: object,
  ) {}

  async get(member: string): Promise<unknown> {
    return this.ask({ do: 'get', member });
  }

  async call(member: string, given: readonly unknown[]): Promise<unknown> {
    let isToCome = false;
    const args = replaceLazies(given, (lazy) => {
      const handle = handles.get(lazy);
      if (handle !== undefined) return { $actor: handle } satisfies HandleMark;
      isToCome = true;
      return lazy;
    }) as readonly unknown[];
    args.forEach((argument, i) => {
      const why = whyNotCloneable(withoutLazies(argument), `argument ${i + 1}`);
      if (why !== undefined) throw new TypeError(`${this.handle.name}.${member}: ${why}. Pass plain data`);
    });
    if (!isToCome) return this.ask({ do: 'call', member, args });
    using future = new Submitter(this.engine, {}).call(GIVEN, [args]);
    const there = future.result();
    const mine = this.before;
    let leave!: () => void;
    const out = new Promise<void>((resolve) => {
      leave = resolve;
    });
    this.before = out;
    let answer: Promise<unknown>;
    try {
      const [come] = await Promise.all([there, mine]);
      answer = this.send({ do: 'call', member, args: come as readonly unknown[] });
    } finally {
      if (this.before === out) this.before = undefined;
      leave();
    }
    return answer;
  }

  private async ask(request: ActorRequest): Promise<unknown> {
    if (this.before !== undefined) await this.before;
    return this.send(request);
  }

  private async send(request: ActorRequest): Promise<unknown> {
    if (this.over) throw lost(this.handle.key, 'it was released');
    const { target } = this;
    asked.set(target, (asked.get(target) ?? 0) + 1);
    try {
      return await this.engine.actors!.ask(this.handle, request);
    } finally {
      const left = asked.get(target)! - 1;
      if (left > 0) asked.set(target, left);
      else asked.delete(target);
    }
  }
}

/** What is to come is checked where it is made. */
const withoutLazies = (value: unknown): unknown =>
  isLazy(value) ? undefined : replaceLazies(value, () => undefined);
