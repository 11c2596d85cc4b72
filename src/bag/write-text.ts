import { mkdirSync, renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { atExit } from '../engine/disk/cleanup.js';
import { given } from '../frame/given.js';
import { abortWrite, isFile, partialOf, replace } from '../io/replace.js';
import { compute, type LazyCompute } from '../lazy/index.js';
import { endNodes, lazies } from './nodes.js';
import type { TextTarget } from './ops/text.js';
import type { BagPlan } from './plan.js';

export interface WriteTextOptions extends LazyCompute {
  /** Whether files that exist are replaced, when all new ones are there. */
  readonly overwrite?: boolean;
}

/** Writes each partition of a bag of texts to a file. Tasks may run twice: each run has a file of its own, and what is published is one of them. */
export async function writeText(
  plan: BagPlan,
  where: string | readonly string[],
  { overwrite = false, ...options }: WriteTextOptions,
): Promise<string[]> {
  const paths = pathsOf(where, plan.sources.length);
  const targets: { readonly path: string; readonly partial: string; readonly attempts: string }[] = [];
  const abort = (): void => {
    for (const { partial, attempts } of targets)
      for (const one of [partial, attempts]) abortWrite({ partial: one });
  };
  const forget = atExit(abort);
  try {
    for (const path of paths.map((one) => resolve(one))) {
      const partial = partialOf(path, overwrite, isFile);
      const attempts = `${partial}.attempts`;
      targets.push({ path, partial, attempts });
      mkdirSync(attempts);
    }
    const each = targets.map(
      ({ path, attempts }): TextTarget => ({ path, directory: attempts, gzip: path.endsWith('.gz') }),
    );
    const nodes = endNodes(plan, 'write', (draft) => ({ to: 'text', target: draft.arg({ each }) }));
    const names = (await compute(lazies(nodes), options)) as string[];
    names.forEach((name, i) => {
      renameSync(join(targets[i]!.attempts, name), targets[i]!.partial);
    });
    for (const { path, partial } of targets) replace({ path, partial, overwrite }, isFile);
    for (const { attempts } of targets) abortWrite({ partial: attempts });
  } catch (error) {
    abort();
    throw error;
  } finally {
    forget();
  }
  return paths;
}

function pathsOf(where: unknown, count: number): string[] {
  if (typeof where === 'string') {
    if (where.split('*').length !== 2)
      throw new TypeError(
        `toTextFiles: a path has one * in it, in the place of which the number of a partition stands, as 'lines-*.txt', not ${JSON.stringify(where)}`,
      );
    const digits = String(count - 1).length;
    return Array.from({ length: count }, (_, i) => where.replace('*', String(i).padStart(digits, '0')));
  }
  if (!Array.isArray(where) || where.some((path) => typeof path !== 'string'))
    throw new TypeError(`toTextFiles takes a path with a *, or a list of paths, not ${given(where)}`);
  if (where.length !== count)
    throw new RangeError(`toTextFiles: there are ${where.length} paths for ${count} partitions`);
  if (new Set(where.map((path) => resolve(path))).size < count)
    throw new RangeError('toTextFiles: a path is there twice');
  return [...where];
}
