import { persist, random } from 'tilework';
import { measure, SIZE } from './harness.mjs';

const { n, chunk } = SIZE;
const rng = random.defaultRng(42);
const chunks = [chunk, chunk];
const [a, b] = await persist([rng.random([n, n], { chunks }), rng.random([n, n], { chunks })]);

await measure(() => a.matmul(b).sum(1).compute());
