/** What our side of every workload does: warm up once, time some runs, say what came out. */
import { readFileSync } from 'node:fs';
import { configure } from 'tilework';

export const ARGS = JSON.parse(process.argv[2]);
export const SIZE = ARGS.size;

configure({ threads: ARGS.threads, ...(ARGS.memoryLimit ? { memoryLimit: ARGS.memoryLimit } : {}) });

function peakMb() {
  const line = readFileSync('/proc/self/status', 'utf8').match(/^VmHWM:\s+(\d+)/m);
  return line ? Number(line[1]) / 1024 : undefined;
}

function mappedBlas() {
  const paths = readFileSync('/proc/self/maps', 'utf8').match(/\/\S*blas\S*\.so\S*/g) ?? [];
  return [...new Set(paths)].sort();
}

const plain = (answer) => (typeof answer === 'object' && 'toArray' in answer ? answer.toArray() : answer);

/** Calls `run` once to warm up and then ARGS.runs times; prints one line of JSON. `run` gives the answer. */
export async function measure(run) {
  const seconds = [];
  let answer;
  for (let i = 0; i <= ARGS.runs; i++) {
    const start = performance.now();
    answer = await run();
    seconds.push((performance.now() - start) / 1000);
  }
  console.log(
    JSON.stringify({
      seconds: seconds.slice(1),
      first: seconds[0],
      answer: plain(answer),
      peakMb: peakMb(),
      blas: mappedBlas(),
      versions: `Node ${process.versions.node}`,
    }),
  );
}
