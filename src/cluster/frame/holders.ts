import type { Key } from '../../graph/task.js';
import { isFrameKey } from './result.js';

type WhoHas = Readonly<Record<Key, readonly string[]>>;

/** What a task is to run, and who holds those of its inputs that are not fetched before it runs: it reads parts of them. */
export class WithHolders {
  constructor(
    readonly spec: unknown,
    readonly holders: WhoHas,
  ) {}
}

/** Sets inputs aside that frames' tasks left. */
export function setAside<Bytes extends Readonly<Record<Key, number>>>(
  spec: unknown,
  whoHas: WhoHas,
  nbytes: Bytes,
): { readonly spec: unknown; readonly whoHas: WhoHas; readonly nbytes: Bytes } {
  const aside = Object.entries(whoHas).filter(([key]) => isFrameKey(key));
  if (aside.length === 0) return { spec, whoHas, nbytes };
  const others = <T>(of: Readonly<Record<Key, T>>): Record<Key, T> =>
    Object.fromEntries(Object.entries(of).filter(([key]) => !isFrameKey(key)));
  return {
    spec: new WithHolders(spec, Object.fromEntries(aside)),
    whoHas: others(whoHas),
    nbytes: others(nbytes) as Bytes & Record<Key, number>,
  };
}
