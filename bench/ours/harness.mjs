/** What our side of every workload begins with. */
import { configure } from 'tilework';
import { ARGS } from '../harness.mjs';

export { ARGS, digest, measure, measureParts, SIZE } from '../harness.mjs';

configure({ threads: ARGS.threads, ...(ARGS.memoryLimit ? { memoryLimit: ARGS.memoryLimit } : {}) });
