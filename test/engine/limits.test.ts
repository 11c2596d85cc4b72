import { describe, expect, test } from 'vitest';
import { MemoryLimitError } from '../../src/engine/errors.js';
import { threadExecArgv } from '../../src/engine/exec-argv.js';
import { LocalEngine } from '../../src/engine/index.js';
import { budgetOf, revisedBudget } from '../../src/engine/memory/budget.js';
import { availableBytes, parseBytes } from '../../src/engine/memory/limits.js';
import { makeEngine } from './support/engine.js';

const MIB = 2 ** 20;

describe('a memory limit', () => {
  test.each([
    [1e9, 1e9],
    ['512MB', 512e6],
    ['2GiB', 2 * 2 ** 30],
    ['512Mi', 2 ** 29],
    ['1.5 gib', 1.5 * 2 ** 30],
    ['.5T', 5e11],
    ['100kB', 1e5],
    ['4096', 4096],
    ['50%', 500],
    ['12.5%', 125],
  ])('%s', (limit, bytes) => {
    expect(parseBytes(limit, () => 1000)).toBe(bytes);
  });

  test.each([
    '',
    'much',
    '5 apples',
    '-1GB',
    '0',
    '0%',
    '120%',
    '1e9x',
    Number.NaN,
    0,
    -1,
    Number.POSITIVE_INFINITY,
  ])('is not %s', (limit) => {
    expect(() => parseBytes(limit, () => 1000)).toThrow(TypeError);
  });

  test('is at most the machine', () => {
    expect(availableBytes()).toBeGreaterThan(64 * MIB);
    expect(availableBytes() % 1).toBe(0);
  });
});

describe('the budget for blocks', () => {
  test('leaves room for all else', () => {
    const budget = budgetOf(1024 * MIB, 50 * MIB, 4);
    expect(budget).toBeLessThan((1024 - 50) * MIB);
    expect(budget).toBeGreaterThan(800 * MIB);
  });

  test('a limit that leaves too little is refused, and the least that works is named', () => {
    // Small and large processes: the margin is a share of the limit from some size on.
    for (const base of [50 * MIB, 467 * MIB, 3000 * MIB]) {
      const error = caught(() => budgetOf(base + 14 * MIB, base, 2)) as MemoryLimitError;
      expect(error).toBeInstanceOf(MemoryLimitError);
      expect(error.message).toContain(`the least workable limit here is ${error.needed / MIB} MiB`);
      expect(budgetOf(error.needed, base, 2)).toBeGreaterThan(0);
      expect(() => budgetOf(error.needed - MIB, base, 2)).toThrow(MemoryLimitError);
    }
  });

  test('an engine with such a limit is refused at once', () => {
    expect(() => makeEngine({ memoryLimit: '10MB' })).toThrow(MemoryLimitError);
  });

  test('memory that is not counted makes it smaller, never larger', () => {
    expect(revisedBudget(500, 1000, 400, 100, 0)).toBe(500);
    expect(revisedBudget(500, 1000, 900, 100, 0)).toBe(140);
    expect(revisedBudget(500, 1000, 50, 100, 0)).toBe(500);
    expect(revisedBudget(500, 1000, 400, 100, 200)).toBe(300);
    expect(revisedBudget(500, 1000, 5000, 100, 0)).toBe(0);
  });

  test('beside something else that allocates, twice the margin is left for what it takes until the next look', () => {
    const [first, limit, resident, touched] = [420 * MIB, 1000 * MIB, 900 * MIB, 100 * MIB];
    expect(revisedBudget(first, limit, resident, touched, 0, true)).toBe(80 * MIB);
    expect(revisedBudget(first, limit, 150 * MIB, touched, 0, true)).toBe(280 * MIB);
  });
});

describe('options', () => {
  test.each([
    [{ threads: 0 }, RangeError],
    [{ threads: 1.5 }, RangeError],
    [{ retries: -1 }, RangeError],
    [{ memoryLimit: 'lots' }, TypeError],
    [{ memoryLimit: '512 constructor' }, TypeError],
  ])('%j is refused', (options, type) => {
    expect(() => new LocalEngine(options)).toThrow(type);
  });
});

describe("Node's own options", () => {
  test('are inherited by threads', () => {
    expect(threadExecArgv(['--expose-gc', '--import', 'tsx'])).toBeUndefined();
  });

  test('of a program given as text are passed on as far as they can be', () => {
    const argv = [
      '--input-type=module',
      '--expose-gc',
      '--import',
      'tsx',
      '-r',
      './a.cjs',
      '--conditions=x',
      '-e',
      '1',
    ];
    expect(threadExecArgv(argv)).toEqual(['--import', 'tsx', '-r', './a.cjs', '--conditions=x']);
  });
});

function caught(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('it threw nothing');
}
