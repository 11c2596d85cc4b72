/** What is there, or will be: users' functions may be asynchronous, and most are not, which is not to cost a promise an element. */
export type Maybe<T = void> = T | Promise<T>;

/** Does something with what a function returned, now or later. */
export const after = <R>(value: unknown, then: (value: unknown) => Maybe<R>): Maybe<R> =>
  value instanceof Promise ? value.then(then) : then(value);

/** What flows through the steps of a task: `stopped` where nobody needs any more of it. */
export interface Flow {
  stopped: boolean;
}

/** Pushes values one after another: waits where one makes it wait, and goes on at once where none does. */
export function each(values: Iterable<unknown>, push: (value: unknown) => Maybe, flow: Flow): Maybe {
  const iterator = values[Symbol.iterator]();
  for (let next = iterator.next(); !next.done && !flow.stopped; next = iterator.next()) {
    const waiting = push(next.value);
    if (waiting !== undefined) return rest(waiting, iterator, push, flow);
  }
}

async function rest(
  waiting: Promise<void>,
  iterator: Iterator<unknown>,
  push: (value: unknown) => Maybe,
  flow: Flow,
): Promise<void> {
  await waiting;
  for (let next = iterator.next(); !next.done && !flow.stopped; next = iterator.next())
    await push(next.value);
}
