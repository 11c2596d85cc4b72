import type { SingleBar } from 'cli-progress';
import type { Progress } from '../engine/engine.js';
import { notebookShow, progressHtml } from './progress-html.js';

/** Where a progress bar is drawn. */
export interface ProgressBarOptions {
  /** Where to draw; default: standard error. */
  readonly stream?: NodeJS.WriteStream;
  /** Draws even where the stream is no terminal (a log, a test); default: only on terminals. */
  readonly force?: boolean;
}

const FORMAT = '{label}[{bar}] {percentage}% | {value}/{total} tasks | memory {memory}{spilled} | {elapsed}';
const WIDTH = 24;

/**
 * A bar in the terminal, or in a notebook below its cell, for `onProgress`: tasks done, memory against the limit, what is on disk, time. One
 * function serves one run after another, each with a bar of its own.
 *
 * @example
 * await x.mean().compute({ onProgress: progressBar('mean') }); // 2.5
 */
export function progressBar(
  label = '',
  { stream = process.stderr, force = false }: ProgressBarOptions = {},
): (progress: Progress) => void {
  const show = notebookShow();
  if (show !== undefined) return inNotebook(label, show);
  if (!force && stream.isTTY !== true) return () => undefined;
  let drawing: Promise<Drawing> | undefined;
  return (progress) => {
    drawing ??= start(label, stream, progress);
    // The drawing library is loaded when there is something to draw; updates keep their order.
    const current = drawing;
    if (progress.finished) drawing = undefined;
    void current.then((drawing) => drawing.show(progress));
  };
}

function inNotebook(
  label: string,
  show: NonNullable<ReturnType<typeof notebookShow>>,
): (progress: Progress) => void {
  let again: ((html: string) => void) | undefined;
  return (progress) => {
    const { label: name = '', memory, spilled, elapsed } = payloadOf(label, progress);
    const html = progressHtml(progress.done, progress.total, name, [
      `memory ${memory}${spilled}`,
      `${elapsed}`,
    ]);
    if (again === undefined) again = show(html);
    else again(html);
    if (progress.finished) again = undefined;
  };
}

class Drawing {
  constructor(
    private readonly bar: SingleBar,
    private readonly label: string,
  ) {}

  show(progress: Progress): void {
    const { bar } = this;
    bar.setTotal(progress.total);
    bar.update(progress.done, payloadOf(this.label, progress));
    if (progress.finished) bar.stop();
  }
}

async function start(label: string, stream: NodeJS.WriteStream, progress: Progress): Promise<Drawing> {
  const { SingleBar } = (await import('cli-progress')).default;
  const bar = new SingleBar({
    format: FORMAT,
    stream,
    barsize: WIDTH,
    barCompleteString: '█'.repeat(WIDTH),
    barIncompleteString: '░'.repeat(WIDTH),
    // A signal's effects are the engine's and the program's business.
    gracefulExit: false,
    noTTYOutput: true,
    emptyOnZero: true,
  });
  bar.start(progress.total, progress.done, payloadOf(label, progress));
  return new Drawing(bar, label);
}

const payloadOf = (label: string, progress: Progress): Record<string, string> => ({
  label: label === '' ? '' : `${label} `,
  memory: `${formatBytes(progress.memoryUsed)} of ${formatBytes(progress.memoryBudget)}`,
  spilled: progress.spilled > 0 ? `, ${formatBytes(progress.spilled)} on disk` : '',
  elapsed: formatSeconds(progress.elapsed),
});

/** Bytes in the unit that leaves a short number. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const exponent = Math.min(4, Math.floor(Math.log2(bytes) / 10));
  const amount = bytes / 2 ** (10 * exponent);
  return `${amount.toFixed(amount < 10 ? 1 : 0)} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][exponent]}`;
}

/** Milliseconds as seconds, or minutes and seconds. */
export function formatSeconds(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
}
