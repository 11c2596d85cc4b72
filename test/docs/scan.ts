/** Finds the examples of documents and of doc comments. */

export interface Example {
  /** File, line and, for a doc comment, what it documents. */
  readonly name: string;
  readonly code: string;
}

const lineOf = (text: string, at: number): number => text.slice(0, at).split('\n').length;

/**
 * The ```ts blocks of a document. Those under one heading of the second level are one program, as a reader takes them; each section
 * starts anew.
 */
export function examplesOfDocument(file: string, text: string): Example[] {
  const sections: { line: number; blocks: string[] }[] = [{ line: 1, blocks: [] }];
  let block: string[] | undefined;
  let wanted = false;
  text.split('\n').forEach((line, i) => {
    const fence = /^\s*```(\S*)/.exec(line);
    if (fence && block === undefined) {
      block = [];
      wanted = fence[1] === 'ts';
    } else if (fence && block) {
      const section = sections[sections.length - 1];
      if (wanted) {
        if (section.blocks.length === 0) section.line = i + 1 - block.length;
        section.blocks.push(block.join('\n'));
      }
      block = undefined;
    } else if (block) block.push(line);
    else if (/^##? /.test(line)) sections.push({ line: i + 1, blocks: [] });
  });
  if (block) throw new Error(`${file}: a code block is not closed`);
  return sections
    .filter(({ blocks }) => blocks.length > 0)
    .map(({ line, blocks }) => ({ name: `${file}:${line}`, code: joined(blocks) }));
}

/** Blocks as one program: an import that several begin with, so that each can be copied by itself, comes once. */
function joined(blocks: readonly string[]): string {
  const imports = new Set<string>();
  return blocks
    .flatMap((block) => block.split('\n'))
    .filter((line) => !line.startsWith('import ') || imports.size !== imports.add(line).size)
    .join('\n');
}

/** A doc comment and the declaration that follows it. */
export interface Documented {
  readonly file: string;
  readonly line: number;
  /** Name of what is declared; of a member, with its class in front. */
  readonly name: string;
  readonly exported: boolean;
  readonly text: string;
  readonly examples: readonly string[];
}

const COMMENT = /\/\*\*([\s\S]*?)\*\//g;
const DECLARED =
  /^\s*(export\s+)?(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:class|interface|type|const|function\*?)\s+([\w$]+)/;
const MEMBER =
  /^\s*(?:(?:override|readonly|static|get|async)\s+)*\*?([\w$]+|\[[\w$.'()]+\])\s*(?:<[^(]*>)?\s*[(:?]/;

/** All doc comments of a source file. */
export function commentsOf(file: string, source: string): Documented[] {
  const found: Documented[] = [];
  const classes = [...source.matchAll(/^export (?:abstract )?class (\w+)/gm)].map((m) => ({
    at: m.index,
    name: m[1],
  }));
  for (const match of source.matchAll(COMMENT)) {
    const after = source.slice(match.index + match[0].length);
    const declared = DECLARED.exec(after);
    const member = declared ? undefined : MEMBER.exec(after);
    const owner = classes.filter(({ at }) => at < match.index).at(-1);
    const text = match[1].replace(/^[ \t]*\* ?/gm, '').trim();
    found.push({
      file,
      line: lineOf(source, match.index),
      name: declared?.[2] ?? `${owner?.name ?? ''}.${member?.[1] ?? '?'}`,
      exported: declared?.[1] !== undefined,
      text,
      examples: text
        .split(/^(?=@)/m)
        .filter((part) => part.startsWith('@example'))
        .map((part) => part.replace('@example', '').trim()),
    });
  }
  return found;
}
