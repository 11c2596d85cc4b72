import { describe } from '../../engine/errors.js';
import { type WireError as ErrorData, fromWire, toWire } from '../../engine/wire-error.js';
import { wellFormed } from '../../graph/plain-data.js';
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
/** Nor does it keep more bytes of an error altogether: of a larger one it keeps the text. */
const MOST = 2 ** 20;

/** What was thrown, whatever it is, for Python (as `Exception(text)`) and for Node. */
export function encodeFailure(thrown: unknown): Failure {
  const text = shortened(describe(thrown));
  const wire = toWire(thrown);
  const stack = wire.kind === 'error' ? shortened(wire.stack ?? '') : '';
  return {
    exception: new Serialized({ serializer: 'msgpack', tilework: encodeThrown(wire, text, stack) }, [
      encodeValue(text),
    ]),
    traceback: new Serialized({ serializer: 'msgpack' }, [encodeValue(stack)]),
    exception_text: text,
    traceback_text: stack,
  };
}

/** Half a character may be left of what is cut, and of what users throw. */
const shortened = (text: string): string => wellFormed(text.slice(0, TEXT));

/** What was thrown as it was; where that is large, or nested too deep, without what came with it. */
function encodeThrown(wire: ErrorData, text: string, stack: string): Uint8Array {
  try {
    const whole = encodeValue(wire);
    if (whole.length <= MOST) return whole;
  } catch {
    // Some of it only threads of one process can pass between them.
  }
  if (wire.kind === 'value') return encodeValue({ kind: 'value', value: text } satisfies ErrorData);
  const bare = {
    ...wire,
    message: shortened(wire.message),
    stack,
    cause: undefined,
    errors: undefined,
    properties: {},
  };
  return encodeValue(bare satisfies ErrorData);
}

/**
 * The error that a peer sent: what Node threw as it was, with its own stack; of Python's the text.
 * @param text what there is beside the exception, which may be pickled
 */
export function decodeFailure(exception: unknown, text?: string): unknown {
  if (typeof exception === 'string') return new Error(exception);
  const unread = new Error(text ?? 'an error of Python, which came without its text');
  if (!(exception instanceof Serialized)) return unread;
  try {
    return decodeThrown(exception, unread);
  } catch {
    // Of another version, or of a program that writes its own.
    return unread;
  }
}

function decodeThrown({ header, frames }: Serialized, unread: Error): unknown {
  if (header.tilework instanceof Uint8Array) return fromWire(decodeValue(header.tilework) as ErrorData);
  if (header.serializer !== 'msgpack' || frames.length !== 1) return unread;
  const value = decodeValue(frames[0]!);
  return typeof value === 'string' ? new Error(value) : unread;
}
