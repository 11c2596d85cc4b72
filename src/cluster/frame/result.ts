import type { Outcome } from '../../frame/exchange/index.js';
import type { Key } from '../../graph/task.js';

/**
 * What a task of a frame's graph left, as the value of its key: what lies in its files is not in it. Whoever holds the value holds the files, so a copy of
 * the one on another worker comes with copies of the others.
 */
export interface FrameResult {
  readonly is: typeof IS;
  /** Bytes of files, by part. */
  readonly bytes: readonly (readonly number[])[];
  /** The rest of what it left. */
  readonly outcome: Omit<Outcome, 'files'>;
}

const IS = 'tilework/frame-result';

/** Whether a key is of a task of a frame's graph: what such tasks leave is read by parts, by whoever needs a part, and not moved as a whole. */
export const isFrameKey = (key: Key): boolean => key.startsWith('frame/');

export const isFrameResult = (value: unknown): value is FrameResult =>
  typeof value === 'object' && value !== null && (value as Partial<FrameResult>).is === IS;

export const frameResult = ({ files: _, ...outcome }: Outcome, bytes: FrameResult['bytes']): FrameResult => ({
  is: IS,
  bytes,
  outcome,
});

export const totalBytes = ({ bytes }: FrameResult): number =>
  bytes.reduce((sum, part) => sum + part.reduce((a, b) => a + b, 0), 0);
