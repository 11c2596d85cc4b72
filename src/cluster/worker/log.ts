const KEPT = 1_000;

/** What the worker says of itself: on stderr, and the last lines for who asks the scheduler for them. */
export class Log {
  private readonly lines: (readonly ['INFO' | 'WARNING' | 'ERROR', string])[] = [];

  constructor(private readonly quiet: boolean) {}

  info(text: string): void {
    this.add('INFO', text);
  }

  warn(text: string): void {
    this.add('WARNING', text);
  }

  error(text: string): void {
    this.add('ERROR', text);
  }

  /** The newest first, at most `count`, each with its level. */
  recent(count = KEPT): readonly (readonly [string, string])[] {
    return this.lines.slice(-count).reverse();
  }

  private add(level: 'INFO' | 'WARNING' | 'ERROR', text: string): void {
    this.lines.push([level, text]);
    if (this.lines.length > KEPT) this.lines.shift();
    if (!this.quiet) process.stderr.write(`${new Date().toISOString()} ${level} ${text}\n`);
  }
}
