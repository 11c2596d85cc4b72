import type { StreamMessage } from '../comm/index.js';
import { setAside } from '../frame/index.js';
import { encodeFailure } from '../wire/index.js';
import type { Dependency, Event, Message, Priority, WhoHas } from './state/index.js';

/** What the scheduler says and hears, in its own words, and what that is to the state. */

/** The event that a message of the scheduler stands for; undefined where it concerns not tasks but the worker. */
export function eventOf(message: StreamMessage): Event | undefined {
  const { op, key, keys, worker } = message as unknown as Fields;
  const stimulus = String(message.stimulus_id);
  switch (op) {
    case 'tilework-compute':
      return computeRow(message.task as Row);
    case 'compute-task':
      return computeTask(message as unknown as Fields, stimulus);
    case 'free-keys':
    case 'remove-replicas':
      return { kind: op, keys, stimulus };
    case 'acquire-replicas':
      return { kind: op, whoHas: message.who_has as WhoHas, nbytes: message.nbytes as Bytes, stimulus };
    case 'refresh-who-has':
      return { kind: op, whoHas: message.who_has as WhoHas, stimulus };
    case 'steal-request':
    case 'cancel-compute':
      return { kind: op, key, stimulus };
    case 'tilework-give-up':
      return { kind: 'give-up', key, reason: String(message.reason), stimulus };
    case 'remove-worker':
      return { kind: op, worker, stimulus };
    default:
      return undefined;
  }
}

function computeTask(message: Fields, stimulus: string): Event {
  const { key, run_id, priority, run_spec, who_has = {}, nbytes = {}, resource_restrictions } = message;
  const dependencies = Object.entries(who_has).map(
    ([name, holders]): Dependency => [name, nbytes[name]!, holders],
  );
  return computeRow([key, run_id, priority, run_spec, dependencies, resource_restrictions ?? null, stimulus]);
}

/** A task in few words, as tilework's module in the scheduler sends one whose payload is short. */
function computeRow([key, runId, priority, spec, dependencies, resources, stimulus]: Row): Event {
  return {
    kind: 'compute-task',
    key,
    runId,
    priority,
    ...setAside(spec, dependencies),
    ...(resources && { resources }),
    stimulus,
  };
}

/** A message of the state as it is sent. */
export function toScheduler(message: Message): StreamMessage {
  switch (message.op) {
    case 'task-finished':
      return { ...message, status: 'OK', type: NO_TYPE, metadata: {} };
    case 'task-erred': {
      const { failure, ...rest } = message;
      return { ...rest, status: 'error', ...encodeFailure(failure) };
    }
    default:
      return message;
  }
}

/**
 * Messages as they go out in one list. Tasks that finished one after another are told of in one message, which tilework's module in the
 * scheduler takes for as many of Dask's: there each message, and each map in one, takes time of the process that all workers wait for.
 */
export function together(messages: readonly StreamMessage[]): readonly StreamMessage[] {
  const packed: StreamMessage[] = [];
  for (let i = 0; i < messages.length; ) {
    let end = i;
    while (messages[end]?.op === 'task-finished') end++;
    if (end - i > 1) {
      const finished = messages.slice(i, end) as unknown as readonly Finished[];
      packed.push({ op: 'tilework-finished', tasks: finished.map(rowOf) });
      i = end;
    } else packed.push(messages[i++]!);
  }
  return packed;
}

/** What differs from one finished task to the next. */
const rowOf = ({ key, run_id, nbytes, typename, thread, startstops, stimulus_id }: Finished) => [
  key,
  run_id,
  nbytes,
  typename,
  thread,
  startstops.map(({ action, start, stop, source }) =>
    source === undefined ? [action, start, stop] : [action, start, stop, source],
  ),
  stimulus_id,
];

type Finished = Extract<Message, { readonly op: 'task-finished' }>;

/** Python pickles the class of a result here. */
const NO_TYPE = new Uint8Array(0);

type Row = readonly [
  key: string,
  runId: number,
  priority: Priority,
  spec: unknown,
  dependencies: readonly Dependency[],
  resources: Readonly<Record<string, number>> | null,
  stimulus: string,
];

type Bytes = Readonly<Record<string, number>>;

interface Fields {
  readonly op: string;
  readonly key: string;
  readonly keys: readonly string[];
  readonly worker: string;
  readonly run_id: number;
  readonly priority: Priority;
  readonly who_has?: WhoHas;
  readonly nbytes?: Bytes;
  readonly run_spec: unknown;
  readonly resource_restrictions?: Readonly<Record<string, number>> | null;
}
