import { describe } from '../../engine/errors.js';
import { type WireError as ErrorData, fromWire, toWire } from '../../engine/wire-error.js';
import { Serialized } from './messages.js';
import { decodeValue, encodeValue } from './values.js';

/** What went wrong in a task, as `task-erred` and answers to calls carry it. */
export interface Failure {
  /** To Python a text; Node finds the whole error in the header. */
  readonly exception: Serialized;
  readonly traceback: Serialized;
  readonly exception_text: string;
  readonly traceback_text: string;
}

/** Longer texts tell nobody more, and the scheduler keeps them. */
const TEXT = 10_000;

/** What was thrown, for Python (as `Exception(text)`) and for Node. */
export function encodeFailure(thrown: unknown): Failure {
  const text = describe(thrown).slice(0, TEXT);
  const stack = (thrown instanceof Error ? (thrown.stack ?? '') : '').slice(0, TEXT);
  return {
    exception: new Serialized({ serializer: 'msgpack', tilework: encodeValue(toWire(thrown)) }, [
      encodeValue(text),
    ]),
    traceback: new Serialized({ serializer: 'msgpack' }, [encodeValue(stack)]),
    exception_text: text,
    traceback_text: stack,
  };
}

/**
 * The error that a peer sent: what Node threw as it was, with its own stack; of Python's the text.
 * @param text what there is beside the exception, which may be pickled
 */
export function decodeFailure(exception: unknown, text?: string): unknown {
  if (exception instanceof Serialized) {
    const { header, frames } = exception;
    if (header.tilework instanceof Uint8Array) return fromWire(decodeValue(header.tilework) as ErrorData);
    if (header.serializer === 'msgpack' && frames.length === 1) {
      const value = decodeValue(frames[0]!);
      if (typeof value === 'string') return new Error(value);
    }
  }
  if (typeof exception === 'string') return new Error(exception);
  return new Error(text ?? 'an error of Python, which came without its text');
}
