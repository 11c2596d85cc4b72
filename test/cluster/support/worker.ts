import { afterAll } from 'vitest';
import {
  ANSWERED,
  BatchedStream,
  connect,
  formatAddress,
  getData,
  type Listener,
  listen,
  RpcPool,
  type Security,
  type StreamMessage,
} from '../../../src/cluster/comm/index.js';
import { WithHolders } from '../../../src/cluster/frame/index.js';
import {
  decodePayload,
  decodeResult,
  decodeValue,
  encodeFailure,
  encodeResult,
  payloadOf,
  type TaskPayload,
  VALUE_OP,
} from '../../../src/cluster/wire/index.js';
import { eventOf } from '../../../src/cluster/worker/scheduler-messages.js';
import type { Event } from '../../../src/cluster/worker/state/index.js';
import type { Result } from '../../../src/engine/op.js';

/** What a task of a test does, by the name of its operation. */
export type TestOps = Readonly<
  Record<string, (inputs: readonly unknown[], payload: TestPayload) => unknown | Promise<unknown>>
>;
/** As tasks come, but for what their layers share: that is decoded. */
type TestPayload = Omit<TaskPayload, 'common'> & { readonly common: unknown };

/**
 * The least that a scheduler takes for a worker, over this project's own wire and comm: runs what it is told at once, keeps results in
 * memory, knows no stealing. Tests of the client need one that can be told to misbehave.
 */
export class TestWorker {
  /** Tasks that it ran, in order. */
  readonly ran: string[] = [];
  private readonly data = new Map<string, Result>();
  /** Which time of being asked for a task is the last; of those before nothing is told. */
  private readonly wanted = new Map<string, unknown>();
  private readonly pool: RpcPool;
  private stream!: BatchedStream;
  private listener!: Listener;
  private beat: NodeJS.Timeout | undefined;

  private constructor(
    private readonly scheduler: string,
    private readonly ops: TestOps,
    private readonly security: Security,
  ) {
    this.pool = new RpcPool(security);
  }

  static async start(
    scheduler: string,
    ops: TestOps,
    {
      nthreads = 2,
      resources = {},
      ...security
    }: Security & { readonly nthreads?: number; readonly resources?: Record<string, number> } = {},
  ): Promise<TestWorker> {
    const worker = new TestWorker(scheduler, ops, security);
    await worker.register(nthreads, resources);
    started.add(worker);
    return worker;
  }

  get address(): string {
    return formatAddress(this.listener.address);
  }

  /** Goes away without a word. */
  async kill(): Promise<void> {
    clearInterval(this.beat);
    this.stream.connection.abort();
    this.pool.close();
    await this.listener.close();
  }

  /** Answers no requests for data any more, but stays in the cluster. */
  async hideData(): Promise<void> {
    await this.listener.close();
  }

  private async register(nthreads: number, resources: Record<string, number>): Promise<void> {
    this.listener = await listen({
      ...this.security,
      handlers: {
        get_data: async ({ keys }, connection) => {
          const data: Record<string, unknown> = {};
          for (const key of keys as string[]) {
            const result = this.data.get(key);
            if (result !== undefined) data[key] = encodeResult(result);
          }
          await connection.write({ status: 'OK', data });
          await connection.read();
          return ANSWERED;
        },
      },
    });
    const connection = await connect(this.scheduler, this.security);
    await connection.write({
      op: 'register-worker',
      reply: false,
      address: this.address,
      status: 'init',
      nthreads,
      name: this.address,
      now: Date.now() / 1000,
      resources: { ...resources, JS: 1 },
      memory_limit: 2 ** 30,
      local_directory: '',
      services: {},
      nanny: null,
      pid: process.pid,
      versions: await this.pool.call(this.scheduler, 'versions'),
      metrics: METRICS,
      extra: {},
      stimulus_id: 'test',
      server_id: this.address,
    });
    const [answer] = [await connection.read()].flat() as { status?: string }[];
    if (answer?.status !== 'OK') throw new Error(`the worker was not taken: ${JSON.stringify(answer)}`);
    this.stream = new BatchedStream(connection);
    this.stream.send({ op: 'worker-status-change', status: 'running', stimulus_id: 'test' });
    this.beat = setInterval(() => void this.heartbeat(), 500);
    void this.work();
  }

  private async heartbeat(): Promise<void> {
    await this.pool
      .call(this.scheduler, 'heartbeat_worker', {
        address: this.address,
        now: Date.now() / 1000,
        metrics: METRICS,
        executing: {},
        extensions: {},
      })
      .catch(() => {});
  }

  private async work(): Promise<void> {
    try {
      for await (const batch of this.stream.batches()) for (const message of batch) this.take(message);
    } catch {
      clearInterval(this.beat);
    }
  }

  private take(message: StreamMessage): void {
    const event = eventOf(message);
    if (event?.kind === 'compute-task') void this.compute(event);
    if (message.op === 'free-keys' || message.op === 'remove-replicas')
      for (const key of message.keys as string[]) {
        this.data.delete(key);
        this.wanted.delete(key);
      }
    if (message.op === 'steal-request')
      this.stream.send({
        op: 'steal-response',
        key: message.key,
        state: 'executing',
        stimulus_id: message.stimulus_id,
      });
    if (message.op === 'close') void this.kill();
  }

  private async compute(event: Extract<Event, { kind: 'compute-task' }>): Promise<void> {
    const { key, runId: run_id, stimulus: stimulus_id } = event;
    // What frames' tasks left is fetched as all else is.
    const { spec, holders } = event.spec instanceof WithHolders ? event.spec : { ...event, holders: {} };
    const whoHas = {
      ...Object.fromEntries(event.dependencies.map(([name, , by]) => [name, by])),
      ...holders,
    };
    const start = Date.now() / 1000;
    this.wanted.set(key, run_id);
    const common = { key, run_id, thread: 1, stimulus_id };
    const times = () => [{ action: 'compute', start, stop: Date.now() / 1000 + 1e-4 }];
    try {
      await this.fetch(whoHas);
    } catch {
      // Who held it has gone: once the scheduler knows, it decides anew.
      await new Promise((resolve) => setTimeout(resolve, 100));
      this.stream.send({ op: 'reschedule', key, stimulus_id });
      return;
    }
    try {
      const { commonKey, ...task } = decodePayload(payloadOf(spec)!);
      const shared = commonKey === undefined ? undefined : (this.data.get(commonKey) as { value: unknown });
      const shares = shared ? shared.value : task.common && decodeValue(task.common);
      const payload = { ...task, common: shares };
      const inputs = payload.inputs.map((input) => {
        const result = this.data.get(input)!;
        return 'value' in result ? result.value : result.blocks[0];
      });
      this.ran.push(key);
      const op = payload.op === VALUE_OP ? () => payload.params : this.ops[payload.op];
      if (op === undefined) throw new Error(`no operation is called ${payload.op}`);
      const value = await op(inputs, payload);
      if (this.wanted.get(key) !== run_id) return;
      this.data.set(key, payload.out ? { blocks: [value as never] } : { value });
      this.stream.send({
        ...common,
        op: 'task-finished',
        status: 'OK',
        nbytes: 8,
        type: new Uint8Array(0),
        typename: 'test',
        metadata: {},
        startstops: times(),
      });
    } catch (error) {
      this.stream.send({
        ...common,
        op: 'task-erred',
        status: 'error',
        ...encodeFailure(error),
        startstops: times(),
      });
    }
  }

  private async fetch(whoHas: Readonly<Record<string, readonly string[]>>): Promise<void> {
    for (const [key, workers] of Object.entries(whoHas)) {
      if (this.data.has(key)) continue;
      const got = await getData(this.pool, workers[0]!, [key], { who: this.address });
      this.data.set(key, decodeResult(got.get(key)!));
      this.stream.send({ op: 'add-keys', keys: [key], stimulus_id: 'test' });
    }
  }
}

const METRICS = {
  bandwidth: { total: 1e8, workers: {}, types: {} },
  digests_total_since_heartbeat: {},
  memory: 5e7,
  spilled_bytes: { memory: 0, disk: 0 },
  managed_bytes: 0,
  cpu: 0,
  time: 0,
  num_fds: 0,
  event_loop_interval: 0.02,
  host_net_io: { read_bps: 0, write_bps: 0 },
  transfer: { incoming_bytes: 0, outgoing_bytes: 0, incoming_count: 0, outgoing_count: 0 },
};

const started = new Set<TestWorker>();
afterAll(async () => {
  await Promise.all([...started].map((worker) => worker.kill()));
});
