import type { Key } from '../graph/task.js';
import { type Coordination, HeldKey } from './coordination.js';
import type { Engine } from './engine.js';
import { EngineError } from './errors.js';
import type { AnswerMessage, AskMessage, Request } from './messages.js';
import type { Result } from './op.js';
import { fromWire, toWire } from './wire-error.js';

/** What one task has asked for. */
interface Session {
  readonly thread: number;
  readonly sequence: number;
  /** What does what it asks for, as soon as it has asked. */
  engine: Promise<Engine> | undefined;
  ended: boolean;
  /** Nobody waits for it: it is given nothing more. */
  deserted: boolean;
  /** Keys it persists, once each time. */
  readonly held: Key[];
  /** Leases of semaphores that it has not given back. */
  readonly leases: Map<string, string>;
  readonly calls: Map<number, AbortController>;
}

/**
 * Does what running tasks ask of their engine. What a task leaves behind is given up when it has ended; what is still being computed for it
 * then is finished first, unless nobody waits for the task any more.
 */
export class Asked {
  private readonly sessions = new Map<string, Session>();

  /** @param engineFor what does what a task asks for, by its key: called once for each that asks */
  constructor(
    private readonly engineFor: (key: Key) => Engine | Promise<Engine>,
    private readonly post: (thread: number, message: AnswerMessage) => void,
  ) {}

  /**
   * @param key of the task that asks
   * @param priority of what the task belongs to: its own tasks come before its siblings, or all of these would wait at once
   */
  async ask(
    thread: number,
    { sequence, id, request }: AskMessage,
    key: Key,
    priority: number,
  ): Promise<void> {
    const session = this.sessionOf(thread, sequence);
    session.engine ??= (async () => this.engineFor(key))();
    let answer: Pick<AnswerMessage, 'value' | 'error'>;
    try {
      answer = { value: await this.serve(session, request, priority) };
    } catch (error) {
      answer = { error: toWire(error) };
    }
    if (session.ended) return;
    try {
      this.post(thread, { kind: 'answer', id, ...answer });
    } catch (cause) {
      this.post(thread, { kind: 'answer', id, error: toWire(cause) });
    }
  }

  /** A task has ended. */
  end(thread: number, sequence: number): void {
    const session = this.sessions.get(nameOf(thread, sequence));
    if (session === undefined) return;
    this.sessions.delete(nameOf(thread, sequence));
    session.ended = true;
    const held = session.held.splice(0);
    if (held.length > 0) void session.engine!.then((engine) => engine.release(held));
    this.giveBack(session);
  }

  /** A thread has ended, and so have its tasks. */
  endAll(thread: number): void {
    for (const session of [...this.sessions.values()])
      if (session.thread === thread) {
        this.desert(thread, session.sequence);
        this.end(thread, session.sequence);
      }
  }

  /** Nobody waits for a task any more: what it waits for is aborted, so that it ends. */
  desert(thread: number, sequence: number): void {
    const session = this.sessionOf(thread, sequence);
    session.deserted = true;
    for (const call of session.calls.values()) call.abort(cancelled());
  }

  private sessionOf(thread: number, sequence: number): Session {
    const name = nameOf(thread, sequence);
    let session = this.sessions.get(name);
    if (session === undefined) {
      session = {
        thread,
        sequence,
        engine: undefined,
        ended: false,
        deserted: false,
        held: [],
        leases: new Map(),
        calls: new Map(),
      };
      this.sessions.set(name, session);
    }
    return session;
  }

  private async serve(session: Session, request: Request, priority: number): Promise<unknown> {
    const engine = await session.engine!;
    if (request.do === 'abort') {
      session.calls.get(request.call)?.abort(fromWire(request.reason));
      return undefined;
    }
    if (request.do === 'release') {
      for (const key of request.keys) {
        const at = session.held.indexOf(key);
        if (at < 0) continue;
        session.held.splice(at, 1);
        engine.release([key]);
      }
      return undefined;
    }
    if (session.deserted) throw cancelled();
    const { call } = request;
    const abort = new AbortController();
    session.calls.set(call, abort);
    try {
      if (request.do === 'actor') return await engine.actors!.ask(request.handle, request.request);
      return request.do === 'coordinate'
        ? await this.coordinate(session, engine, request.request, abort.signal)
        : await this.compute(session, engine, request, priority, abort.signal);
    } finally {
      session.calls.delete(call);
    }
  }

  private async coordinate(
    session: Session,
    engine: Engine,
    request: Coordination,
    signal: AbortSignal,
  ): Promise<unknown> {
    const answer = await engine.coordinate!(request, signal);
    if (answer instanceof HeldKey) {
      const keys = [answer.key];
      engine.adopt?.(keys).then(
        () => engine.release(keys),
        () => {},
      );
      throw new EngineError(
        `${JSON.stringify(request.name)} holds a future, which programs read and tasks do not: give it to the task as an argument`,
      );
    }
    if (request.do === 'semaphore-acquire') session.leases.set(request.lease, request.name);
    else if (request.do === 'semaphore-release') session.leases.delete(request.lease);
    if (session.ended) this.giveBack(session);
    return answer;
  }

  private async compute(
    session: Session,
    engine: Engine,
    request: Extract<Request, { do: 'run' | 'persist' }>,
    priority: number,
    signal: AbortSignal,
  ): Promise<unknown> {
    const { tasks, keys } = request;
    const graph = new Map(tasks.map((task) => [task.key, task]));
    const own = request.options.priority ?? 0;
    const options = {
      ...request.options,
      priority: Math.min(100, own + priority + 1),
      signal,
    };
    if (request.do === 'persist') {
      await engine.persist(graph, keys, options);
      if (session.ended) engine.release([...new Set(keys)]);
      else session.held.push(...new Set(keys));
      return undefined;
    }
    const results = await engine.run(graph, keys, options);
    try {
      return await Promise.all(keys.map(async (key) => copyOf(await results.load(key))));
    } finally {
      results[Symbol.dispose]();
    }
  }

  /** What is still leased to a task that has ended is free again; where the engine has ended too, it is so in time. */
  private giveBack({ leases, engine }: Session): void {
    const left = [...leases];
    leases.clear();
    for (const [lease, name] of left)
      engine!.then((one) => one.coordinate!({ do: 'semaphore-release', name, lease })).catch(() => {});
  }
}

const cancelled = (): EngineError => new EngineError('nobody waits for the task any more');

const nameOf = (thread: number, sequence: number): string => `${thread}:${sequence}`;

/** Blocks are lent: the task gets its own. */
const copyOf = (result: Result): Result =>
  'value' in result
    ? result
    : {
        blocks: result.blocks.map(({ dtype, shape, data }) => ({
          dtype,
          shape,
          data: new (data.constructor as Uint8ArrayConstructor)(data as Uint8Array),
        })),
      };
