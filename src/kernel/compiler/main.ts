import { parentPort, workerData } from 'node:worker_threads';
import ts from '@typescript/typescript6';
import { complete, inspect, isComplete } from './complete.js';
import type { Answer, Question, Questions } from './messages.js';
import { CellCompiler } from './service.js';

/** The thread that checks and compiles: answers one question after another. */
export function serveCompiler(): void {
  const { folder } = workerData as { readonly folder: string };
  const compiler = new CellCompiler(ts, folder);
  const questions: Questions = {
    compile: (id, source) => compiler.compile(id, source),
    ran: (id, steps) => compiler.ran(id, steps),
    forget: () => compiler.forget(),
    complete: (source, cursor) => complete(ts, compiler, source, cursor),
    inspect: (source, cursor) => inspect(ts, compiler, source, cursor),
    isComplete: (source) => isComplete(ts, source),
  };
  parentPort!.on('message', ({ id, name, args }: Question) => {
    let answer: Answer;
    try {
      const ask = questions[name] as (...args: readonly unknown[]) => unknown;
      answer = { id, value: ask(...args) };
    } catch (error) {
      answer = { id, error: (error as Error).stack ?? String(error) };
    }
    parentPort!.postMessage(answer);
  });
  // The libraries are read before the first cell comes.
  compiler.compile('0', '');
  compiler.forget();
}
