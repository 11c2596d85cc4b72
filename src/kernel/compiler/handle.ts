import { Worker } from 'node:worker_threads';
import type { Answer, Question, Questions } from './messages.js';

/** The compiler, which works in a thread of its own: here nothing waits for it. */
export class Compiler {
  private readonly thread: Worker;
  private readonly waiting = new Map<
    number,
    { resolve: (value: never) => void; reject: (error: Error) => void }
  >();
  private count = 0;

  constructor(entry: URL, folder: string) {
    this.thread = new Worker(entry, { workerData: { part: 'compiler', folder } });
    this.thread.on('message', (answer: Answer) => {
      const waiting = this.waiting.get(answer.id);
      this.waiting.delete(answer.id);
      if ('error' in answer) waiting?.reject(new Error(answer.error));
      else waiting?.resolve(answer.value as never);
    });
    const over = (error: Error): void => {
      for (const { reject } of this.waiting.values()) reject(error);
      this.waiting.clear();
    };
    this.thread.on('error', over);
    this.thread.on('exit', (code) => over(new Error(`the compiler's thread ended with ${code}`)));
  }

  ask<N extends keyof Questions>(
    name: N,
    ...args: Parameters<Questions[N]>
  ): Promise<ReturnType<Questions[N]>> {
    const id = ++this.count;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.thread.postMessage({ id, name, args } satisfies Question);
    });
  }

  async close(): Promise<void> {
    await this.thread.terminate();
  }
}
