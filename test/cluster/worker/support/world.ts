import type { Event, Instruction, Message } from '../../../../src/cluster/worker/state/index.js';
import { WorkerState } from '../../../../src/cluster/worker/state/index.js';
import { validate } from '../../../../src/cluster/worker/state/validate.js';

export const ME = 'tcp://10.0.0.1:1000';
const TIMING = { start: 1, stop: 2 };
const BRIEFLY = { start: 1, stop: 1.0001 };
const HELD = { nbytes: 8, typename: 'float64[1]' };
const FAILURE = { name: 'RangeError', message: 'too far', stack: 'RangeError: too far\n    at f' };

type Execution = Extract<Instruction, { do: 'execute' }> & { aborted: boolean };
type Gather = Extract<Instruction, { do: 'gather' }>;
type Plain = Event extends infer E ? (E extends unknown ? Omit<E, 'stimulus'> : never) : never;

/** What the scheduler knows of a key. */
interface Known {
  readonly inputs: readonly string[];
  /** Workers that hold it, as far as the scheduler knows. */
  readonly holders: Set<string>;
  /** The worker was asked to compute it: with this number. */
  processing: number | undefined;
}

/**
 * A world for a worker's state: a scheduler, peers that hold results, may be busy and die, and an engine of which only the keys are
 * kept. The scheduler keeps to the protocol; everything else comes in any order. The state is validated after each event.
 */
export class World {
  readonly state: WorkerState;
  readonly engine = new Set<string>();
  readonly executions = new Map<string, Execution>();
  readonly gathers = new Map<string, Gather>();
  readonly retries: string[] = [];
  /** What the worker said and the scheduler has not read. */
  readonly mail: Message[] = [];
  readonly peers = new Set(['tcp://10.0.0.1:2000', 'tcp://10.0.0.2:2000', 'tcp://10.0.0.3:2000']);
  readonly keys = new Map<string, Known>();
  /** How tasks ended, of those the worker was asked for. */
  readonly finished: string[] = [];
  readonly erred: string[] = [];
  private runs = 0;
  private events = 0;

  constructor(graph: Readonly<Record<string, readonly string[]>>, threads: number, gpus: number) {
    this.state = new WorkerState({
      address: ME,
      threads,
      resources: { GPU: gpus },
      messageBytes: 20,
      incomingBytes: 40,
      incomingCount: 2,
    });
    for (const [key, inputs] of Object.entries(graph))
      this.keys.set(key, { inputs, holders: new Set(), processing: undefined });
  }

  /** Tells the worker something, and does at once what it wants done. */
  tell(event: Plain): void {
    const told = { ...event, stimulus: `event-${++this.events}` } as Event;
    for (const instruction of this.state.handle(told)) this.perform(instruction);
    validate(this.state.core);
    for (const task of this.state.core.tasks.values())
      if (task.held !== this.engine.has(task.key))
        throw new Error(`${task.key} is ${task.held ? 'not ' : ''}in the engine`);
    for (const key of this.engine)
      if (!this.state.core.tasks.has(key)) throw new Error(`${key} was left in the engine`);
  }

  /** All that could happen next. */
  possible(): (() => void)[] {
    const { keys, mail } = this;
    const actions: (() => void)[] = [];
    if (mail.length > 0) for (let i = 0; i < 4; i++) actions.push(() => this.read(mail.shift()!));
    for (const [key, known] of keys) {
      const { holders, processing } = known;
      if (processing === undefined && holders.size === 0 && this.hasInputs(known)) {
        actions.push(() => this.ask(key, key.endsWith('x')));
        for (const peer of this.peers) actions.push(() => holders.add(peer));
      }
      if (processing !== undefined || holders.has(ME)) actions.push(() => this.free([key]));
      if (processing !== undefined) actions.push(() => this.tell({ kind: 'steal-request', key }));
      if (processing !== undefined) actions.push(() => this.cancel(key));
      const elsewhere = [...holders].filter((worker) => worker !== ME);
      if (elsewhere.length > 0 && !holders.has(ME) && processing === undefined)
        actions.push(() => this.replicate(key, elsewhere));
      if (elsewhere.length > 0 && holders.has(ME)) actions.push(() => this.removeReplica(key));
    }
    if (keys.size > 1) actions.push(() => this.free([...keys.keys()].slice(-3)));
    for (const peer of this.peers) if (this.peers.size > 1) actions.push(() => this.kill(peer));
    actions.push(...this.own());
    actions.push(() => this.tell({ kind: this.state.core.running ? 'pause' : 'unpause' }));
    actions.push(() => this.tell({ kind: 'find-missing' }));
    return actions;
  }

  /** What goes on in the worker by itself. */
  own(): (() => void)[] {
    const actions: (() => void)[] = [];
    for (const [key, { runId, aborted }] of this.executions) {
      actions.push(() => this.end(key, { kind: 'execute-done', key, runId, ...HELD, ...BRIEFLY }));
      actions.push(() => this.end(key, { kind: 'execute-failed', key, runId, failure: FAILURE, ...TIMING }));
      actions.push(() => this.end(key, { kind: 'execute-rescheduled', key }));
      actions.push(() => this.tell({ kind: 'execute-seceded', key, duration: 1 }));
      if (aborted) actions.push(() => this.end(key, { kind: 'execute-aborted', key }));
    }
    for (const worker of this.gathers.keys()) {
      actions.push(() => this.answer(worker));
      actions.push(() => this.answer(worker, { only: 1 }));
      actions.push(() => this.answer(worker, { unusable: true }));
      actions.push(() => this.gathered(worker, { kind: 'gather-busy', worker }));
      actions.push(() => this.gathered(worker, { kind: 'gather-failed', worker }));
    }
    if (this.retries.length > 0)
      actions.push(() => this.tell({ kind: 'retry-busy', worker: this.retries.shift()! }));
    return actions;
  }

  /** Brings everything to its end: nothing more is asked for, nothing goes wrong. */
  drain(): void {
    this.tell({ kind: 'unpause' });
    let asked = 0;
    for (let round = 0; round < 1000; round++) {
      const { mail } = this;
      if (mail.length > 0) this.read(mail.shift()!);
      else if (this.executions.size > 0) {
        const [key, { runId, aborted }] = [...this.executions][0]!;
        if (aborted) this.end(key, { kind: 'execute-aborted', key });
        else this.end(key, { kind: 'execute-done', key, runId, ...HELD, ...BRIEFLY });
      } else if (this.gathers.size > 0) this.answer([...this.gathers.keys()][0]!);
      else if (this.retries.length > 0) this.tell({ kind: 'retry-busy', worker: this.retries.shift()! });
      else if (this.state.core.missing.size > 0 && asked++ < 10) {
        this.tell({ kind: 'find-missing' });
        this.resolveMissing();
      } else return;
    }
    throw new Error('it does not come to an end');
  }

  /** Frees all that is left. */
  freeAll(): void {
    this.free([...this.state.core.tasks.keys()]);
    this.drain();
  }

  ask(key: string, gpu = false): void {
    const { inputs } = this.keys.get(key)!;
    const dependencies = inputs.map((name) => [name, 8, [...this.keys.get(name)!.holders]] as const);
    const runId = ++this.runs;
    this.keys.get(key)!.processing = runId;
    this.tell({
      kind: 'compute-task',
      key,
      runId,
      priority: [0, 0, runId % 5],
      dependencies,
      spec: null,
      ...(gpu && { resources: { GPU: 1 } }),
    });
  }

  free(names: readonly string[]): void {
    // Nobody waits for what the scheduler frees: what reads it is freed before.
    const all = new Set(names);
    for (const [key, { inputs, processing }] of this.keys)
      if (processing !== undefined && inputs.some((name) => all.has(name))) all.add(key);
    for (const key of all) {
      const known = this.keys.get(key);
      known?.holders.clear();
      if (known !== undefined) known.processing = undefined;
    }
    this.tell({ kind: 'free-keys', keys: [...all] });
  }

  cancel(key: string): void {
    const task = this.state.core.tasks.get(key);
    if (task !== undefined && task.dependents.size > 0) return;
    this.tell({ kind: 'cancel-compute', key });
    this.free([key]);
  }

  replicate(key: string, holders: readonly string[]): void {
    this.tell({ kind: 'acquire-replicas', whoHas: { [key]: holders }, nbytes: { [key]: 8 } });
  }

  removeReplica(key: string): void {
    this.keys.get(key)!.holders.delete(ME);
    this.tell({ kind: 'remove-replicas', keys: [key] });
  }

  /** A peer dies: the scheduler says so, and takes back what cannot be computed any more. */
  kill(peer: string): void {
    this.peers.delete(peer);
    for (const { holders } of this.keys.values()) holders.delete(peer);
    this.tell({ kind: 'remove-worker', worker: peer });
    this.resolveMissing();
  }

  end(key: string, event: Plain): void {
    this.executions.delete(key);
    if (event.kind === 'execute-done') this.engine.add(key);
    this.tell(event);
  }

  /** A peer answers with what it has; the scheduler may be behind. */
  answer(worker: string, how: { readonly only?: number; readonly unusable?: boolean } = {}): void {
    const { keys } = this.gathers.get(worker)!;
    const there = this.peers.has(worker)
      ? keys.filter((key) => this.keys.get(key)!.holders.has(worker)).slice(0, how.only)
      : [];
    const received = new Map(there.slice(how.unusable ? 1 : 0).map((key) => [key, HELD]));
    for (const key of received.keys()) this.engine.add(key);
    if (how.unusable && there.length > 0) {
      const failures = new Map([[there[0]!, FAILURE]]);
      this.gathered(worker, { kind: 'gather-unusable', worker, received, failures, ...TIMING });
    } else {
      this.gathered(worker, { kind: 'gather-succeeded', worker, received, ...TIMING });
    }
  }

  gathered(worker: string, event: Plain): void {
    this.gathers.delete(worker);
    this.tell(event);
  }

  /** The scheduler reads a message. */
  read(message: Message): void {
    switch (message.op) {
      case 'task-finished': {
        const known = this.keys.get(message.key)!;
        if (known.processing === message.run_id) {
          known.processing = undefined;
          known.holders.add(ME);
          this.finished.push(message.key);
        } else {
          this.free([message.key]);
        }
        break;
      }
      case 'task-erred': {
        const { processing } = this.keys.get(message.key)!;
        if (processing === undefined) break;
        if (processing === message.run_id) this.erred.push(message.key);
        this.free([message.key]);
        break;
      }
      case 'reschedule':
        this.keys.get(message.key)!.processing = undefined;
        break;
      case 'steal-response':
        if (['waiting', 'ready', 'constrained', 'released', null].includes(message.state))
          this.keys.get(message.key)!.processing = undefined;
        break;
      case 'add-keys':
        for (const key of message.keys) {
          const known = this.keys.get(key)!;
          if (known.holders.size > 0) known.holders.add(ME);
          else if (known.processing === undefined) this.tell({ kind: 'remove-replicas', keys: [key] });
        }
        break;
      case 'release-worker-data':
        this.keys.get(message.key)!.holders.delete(ME);
        this.resolveMissing();
        break;
      case 'tilework-unreachable':
        for (const key of message.keys) this.tell({ kind: 'give-up', key, reason: 'no way' });
        break;
      case 'request-refresh-who-has': {
        const whoHas = Object.fromEntries(
          message.keys.map((key) => [key, [...this.keys.get(key)!.holders].filter((w) => w !== ME)]),
        );
        this.tell({ kind: 'refresh-who-has', whoHas });
        break;
      }
    }
  }

  /** What was to read a result that nobody has any more is taken back. Says how many tasks. */
  resolveMissing(): number {
    const lost = [...this.keys].filter(
      ([, known]) => known.processing !== undefined && !this.hasInputs(known),
    );
    for (const [key] of lost) this.free([key]);
    return lost.length;
  }

  private hasInputs({ inputs }: Known): boolean {
    return inputs.every((name) => this.keys.get(name)!.holders.size > 0);
  }

  private perform(instruction: Instruction): void {
    switch (instruction.do) {
      case 'execute': {
        const { key } = instruction;
        if (this.executions.has(key)) throw new Error(`${key} executes twice at once`);
        for (const name of this.keys.get(key)!.inputs)
          if (!this.engine.has(name)) throw new Error(`${key} executes without ${name}`);
        this.executions.set(key, { ...instruction, aborted: false });
        break;
      }
      case 'abort':
        this.executions.get(instruction.key)!.aborted = true;
        break;
      case 'gather':
        if (this.gathers.has(instruction.worker)) throw new Error('a peer is asked twice at once');
        this.gathers.set(instruction.worker, instruction);
        break;
      case 'free':
        if (!this.engine.delete(instruction.key)) throw new Error(`${instruction.key} is freed twice`);
        break;
      case 'retry-later':
        this.retries.push(instruction.worker);
        break;
      case 'send':
        this.mail.push(instruction.message);
        break;
    }
  }
}
