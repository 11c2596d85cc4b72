import type { Content } from '../wire/message.js';

/** The cells of this session. */
export class History {
  private readonly entries: (readonly [session: number, line: number, source: string])[] = [];

  add(line: number, source: string): void {
    this.entries.push([1, line, source]);
  }

  /** The content of a `history_reply`. */
  answer({ hist_access_type: kind, n, start, stop, pattern, output }: Content): Content {
    let found = this.entries;
    if (kind === 'range')
      found = found.filter(
        ([, line]) => line >= Number(start ?? 0) && line < Number(stop ?? Number.MAX_SAFE_INTEGER),
      );
    if (kind === 'search') {
      const wanted = globOf(String(pattern ?? '*'));
      found = found.filter(([, , source]) => wanted.test(source));
    }
    if (kind !== 'range' && n !== undefined && n !== null)
      found = Number(n) > 0 ? found.slice(-Number(n)) : [];
    // With outputs each is a pair; outputs are not kept.
    const history = output === true ? found.map(([s, l, source]) => [s, l, [source, null]]) : found;
    return { status: 'ok', history };
  }
}

const globOf = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '[\\s\\S]*')
      .replaceAll('?', '[\\s\\S]')}$`,
  );
