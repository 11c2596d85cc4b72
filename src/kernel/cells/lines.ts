/**
 * Messages as lines of JSON, over a pipe. A line begins with a line break too: the writer may be stopped in the middle of one, and what
 * comes then is a line of its own again.
 */
export const lineOf = (message: unknown): string => `\n${JSON.stringify(message)}\n`;

/** Takes text as it comes, and gives messages as they are complete. */
export class Lines<T> {
  private rest = '';

  constructor(private readonly take: (message: T) => void) {}

  push(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop()!;
    for (const line of lines) {
      if (line === '') continue;
      let message: T;
      try {
        message = JSON.parse(line);
      } catch {
        // It was cut short.
        continue;
      }
      this.take(message);
    }
  }
}
