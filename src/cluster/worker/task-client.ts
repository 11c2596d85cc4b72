import { EngineError } from '../../engine/index.js';
import { type ClusterEngine, connect } from '../client/index.js';
import type { WorkerOptions } from './options.js';

/** The client of the cluster by which tasks of this worker submit others, anywhere in it. It is made when the first of them does. */
export class TaskClient {
  private connecting: Promise<ClusterEngine> | undefined;
  private closed = false;

  constructor(private readonly options: WorkerOptions) {}

  /** @throws CommError, EngineError where the scheduler cannot be reached; the next task tries again */
  get(): Promise<ClusterEngine> {
    if (this.closed) return Promise.reject(new EngineError('the worker is closing'));
    this.connecting ??= this.connect();
    return this.connecting;
  }

  /** What is still being computed for tasks is cancelled. */
  async close(): Promise<void> {
    this.closed = true;
    const engine = await this.connecting?.catch(() => undefined);
    await engine?.dispose();
  }

  private async connect(): Promise<ClusterEngine> {
    const { scheduler, certificates, allowPlain, compression, name } = this.options;
    try {
      const engine = await connect(scheduler, {
        name: `tilework-tasks-of-${name ?? process.pid}`,
        ...certificates,
        ...(allowPlain !== undefined && { allowPlain }),
        ...(compression !== undefined && { compression }),
      });
      engine.onDispose(() => {
        this.connecting = undefined;
      });
      return engine;
    } catch (error) {
      this.connecting = undefined;
      throw error;
    }
  }
}
