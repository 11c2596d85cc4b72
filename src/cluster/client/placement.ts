import { EngineError } from '../../engine/errors.js';
import type { Placement } from '../../engine/placement.js';

/** Calls an operation of the scheduler. */
type Call = (op: string, fields: object) => Promise<unknown>;

/** Where the scheduler has results. */
export function schedulerPlacement(call: Call): Placement {
  const move = async (op: string, fields: object): Promise<void> => {
    const answer = (await call(op, fields)) as { readonly status?: string; readonly keys?: unknown } | null;
    if (answer?.status !== undefined && answer.status !== 'OK')
      throw new EngineError(
        `${op}: the scheduler answers ${JSON.stringify(answer)}: not every result could be copied`,
      );
  };
  return {
    async whoHas(keys) {
      return new Map(Object.entries((await call('who_has', { keys })) as Record<string, readonly string[]>));
    },
    async hasWhat() {
      return new Map(Object.entries((await call('has_what', {})) as Record<string, readonly string[]>));
    },
    async processing() {
      return new Map(Object.entries((await call('processing', {})) as Record<string, readonly string[]>));
    },
    rebalance: () => move('rebalance', {}),
    async retire(workers) {
      const fields = {
        workers,
        close_workers: true,
        remove: true,
        stimulus_id: `client-retire-${Date.now()}`,
      };
      return Object.keys((await call('retire_workers', fields)) as object);
    },
    replicate: (keys, count) => move('replicate', { keys, n: count ?? null }),
  };
}
