import type { ActorHandle, ActorRequest, Actors, HandleMark } from '../../engine/actors/actors.js';
import { lost } from '../../engine/actors/thread.js';
import type { ComputeOptions } from '../../engine/engine.js';
import { ActorLostError, EngineError, TaskError } from '../../engine/errors.js';
import type { Graph, Key } from '../../graph/task.js';
import { RemoteError, type StreamMessage } from '../comm/index.js';
import { type AskedFields, valueIn } from '../wire/index.js';
import { ActorLink } from './actor-link.js';
import type { Computations } from './computations.js';
import type { Session } from './session.js';

/** A worker that is not reached within so many milliseconds is asked by way of the scheduler. */
const CONNECTED_MS = 5_000;

/** Actors on the workers of a cluster: the scheduler says where, and when they are lost; what is asked of them goes to their workers. */
export class ClusterActors implements Actors {
  private readonly links = new Map<string, ActorLink>();
  /** Those that this program has started, and why they are lost, where they are. */
  private readonly own = new Map<Key, ActorLostError | undefined>();

  constructor(
    private readonly session: Session,
    private readonly computations: Computations,
    private readonly over: AbortSignal,
  ) {}

  async start(graph: Graph, key: Key, options: ComputeOptions): Promise<ActorHandle> {
    let mark: HandleMark | undefined;
    try {
      await this.computations.persist(graph, [key], options, true);
      this.own.set(key, undefined);
      await this.computations.run(new Map(), [key], {}, (_, result) => {
        mark = (result as { readonly value: HandleMark }).value;
      });
      return mark!.$actor;
    } catch (error) {
      void this.end(key);
      throw error;
    }
  }

  async ask(handle: ActorHandle, request: ActorRequest): Promise<unknown> {
    this.over.throwIfAborted();
    const { key, address } = handle;
    const gone = this.own.get(key);
    if (gone !== undefined) throw gone;
    if (address === undefined) throw new EngineError(`the actor ${JSON.stringify(key)} is of another engine`);
    return this.linkTo(address).ask(key, request);
  }

  async end(key: Key): Promise<void> {
    if (this.own.delete(key)) this.computations.release(key);
  }

  /** What the scheduler says. */
  receive({ op, key }: StreamMessage): void {
    if (op === 'restart') this.loseAll('the cluster was restarted');
    else if (op === 'task-erred' && this.own.has(String(key)))
      this.lose(String(key), 'the worker that it was on has ended');
  }

  /** The scheduler has forgotten them. */
  loseAll(why: string): void {
    for (const key of this.own.keys()) this.lose(key, why);
  }

  close(reason: unknown): void {
    for (const link of [...this.links.values()]) link.close(reason);
  }

  private lose(key: Key, why: string): void {
    const reason = lost(key, why);
    this.own.set(key, reason);
    for (const link of this.links.values()) link.lose(key, reason);
  }

  private linkTo(address: string): ActorLink {
    const known = this.links.get(address);
    if (known !== undefined) return known;
    const link = new ActorLink(
      address,
      this.session.connectTo(address, CONNECTED_MS),
      (fields) => this.askByScheduler(address, fields),
      () => this.links.delete(address),
    );
    this.links.set(address, link);
    return link;
  }

  private async askByScheduler(address: string, fields: AskedFields): Promise<unknown> {
    const op = 'attribute' in fields ? 'actor_attribute' : 'actor_execute';
    const { actor } = fields;
    try {
      // To a worker that is gone the scheduler would try to connect for half a minute.
      const holders = (await this.session.call('who_has', { keys: [actor] })) as Record<
        Key,
        readonly string[]
      >;
      if (!holders[actor]?.includes(address)) throw new Error('the scheduler knows of none');
      const answer = await this.session.call('proxy', { worker: address, msg: { op, ...fields } });
      return valueIn((answer as { readonly result?: unknown }).result);
    } catch (error) {
      const cause = error instanceof RemoteError ? error.cause : undefined;
      if (cause instanceof TaskError || cause instanceof ActorLostError) throw cause;
      this.links.delete(address);
      throw lost(
        actor,
        `the worker ${address}, on which it was, is reached neither from here nor by way of the scheduler: ${(error as Error).message}`,
        error,
      );
    }
  }
}
