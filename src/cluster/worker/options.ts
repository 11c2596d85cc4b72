import { availableParallelism } from 'node:os';
import type { CommOptions, Port } from '../comm/index.js';

export interface WorkerOptions extends CommOptions {
  /** Of the scheduler: 'tcp://host:8786', or 'tls://…' with `certificates`. */
  readonly scheduler: string;
  /** Unique in the cluster; default: the worker's address. */
  readonly name?: string;
  /** Tasks that run at once; default: one a core. */
  readonly threads?: number;
  /** Of the whole process, as `LocalEngine` takes it. Default: 70 % of the machine or container. */
  readonly memoryLimit?: number | string;
  /** Where it listens for other workers; default: loopback if the scheduler is there, else the address that this machine has to it. */
  readonly host?: string;
  /** Default: any free one; of a first and a last one the first that is free. */
  readonly port?: Port;
  /** What it has for tasks that ask for it, beside the resource JS that every worker of Node has: `{ GPU: 1 }`. */
  readonly resources?: Readonly<Record<string, number>>;
  /** Where blocks go that memory is too small for. */
  readonly localDirectory?: string;
  /** Seconds after which it gives up reaching the scheduler; default: never. */
  readonly deathTimeout?: number;
  /** Seconds after which it retires by itself; default: never. */
  readonly lifetime?: number;
  /** Where it answers `/health`, `/status` and `/metrics` by HTTP; absent: nowhere. Port 0: any free one. */
  readonly http?: { readonly host: string; readonly port: number };
  /** Writes no log to stderr. */
  readonly quiet?: boolean;
}

export const threadsOf = ({ threads }: WorkerOptions): number => threads ?? availableParallelism();
