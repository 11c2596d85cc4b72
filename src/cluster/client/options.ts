import type { Certificates, CommOptions } from '../comm/index.js';

/** For `tls://`: `ca`, `cert` and `key`, as PEM. */
export interface ClusterOptions
  extends Partial<Certificates>,
    Pick<CommOptions, 'allowPlain' | 'compression'> {
  /** How this client is called on the dashboard; default `tilework`. */
  readonly name?: string;
  /** Milliseconds until the scheduler must have answered; default 30 000. */
  readonly timeout?: number;
  /** Milliseconds for which a scheduler that is gone is waited for before computations reject; default 30 000. */
  readonly reconnect?: number;
  /**
   * Whether a scheduler that was started without tilework's module is to run it now, by the call with which any Dask client may run code there;
   * default false.
   */
  readonly inject?: boolean;
  /** How often a task that threw is run again; default 0. */
  readonly retries?: number;
}
