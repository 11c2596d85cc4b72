/** Random blocks that are NumPy's to the bit: a SeedSequence, PCG64, and the methods of `Generator`. */

export { fillRandom } from './fill.js';
export { fillPart, isLeapable, type Part, partCost } from './part.js';
export { type Pcg64State, seedPcg64 } from './pcg64.js';
export { type Entropy, freshEntropy, SeedSequence } from './seed-sequence.js';
export { checkRandom, type IntegerDType, methodOf, type RandomSpec } from './spec.js';
export { type RandomTarget, randomScratch } from './target.js';
export { uniform } from './uniform.js';
