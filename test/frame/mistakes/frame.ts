/** A frame that mistakes are made with. */
import * as tw from '../../../src/index.js';

export const frame = tw
  .fromRows([
    { x: 1, y: 2.5, text: 'a', day: new Date('2024-01-01'), tags: ['t'] },
    { x: 2, y: 3.5, text: 'b', day: new Date('2024-01-02'), tags: [] },
  ])
  .withTypes<tw.AnySchema>();

/** What the compiler refuses. */
export const wrong = (value: unknown): never => value as never;
export const undefinedFrame = wrong(undefined);
