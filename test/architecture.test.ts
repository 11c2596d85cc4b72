import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { expect, test } from 'vitest';

const SRC = resolve(import.meta.dirname, '../src');

/** Each room imports those before it, and none behind it. */
const ROOMS = [
  'kernels',
  'graph',
  'engine',
  'watch',
  'io',
  'lazy',
  'delayed',
  'array',
  'frame',
  'bag',
  'cluster',
  'futures',
  'deploy',
  'kernel',
  'cli',
];

/**
 * Rooms with parts that need one another, and which of their folders these are: the methods of a class are in folders by family, and make
 * what they are methods of.
 */
const RINGS = {
  array: [
    'calculus',
    'compute',
    'creation',
    'indexing',
    'joining',
    'mapping',
    'ordering',
    'products',
    'reductions',
    'shape',
    'ufuncs',
  ],
  frame: ['methods', 'verbs'],
  'frame/expr': ['methods'],
};

/** What is imported beside the door of its folder, and why. */
const SIDE_DOORS = [
  // Loaded by workers when the first task of a frame comes.
  'frame/distributed/work.ts',
  // Each family is installed as methods, and typed as the family is (array/methods.ts).
  'array/ufuncs/',
];

interface Import {
  readonly from: string;
  readonly to: string;
  /** Whether it is needed when the module is loaded: types and `import()` are not. */
  readonly loads: boolean;
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map((file) => file.split(sep).join('/'))
  .filter((file) => file.endsWith('.ts'));
const imports = files.flatMap(importsOf);

function importsOf(from: string): Import[] {
  const text = readFileSync(join(SRC, from), 'utf8');
  const found = text.matchAll(/^(?:im|ex)port (type )?[^'"]*?from '(\.[^']+)'|import\('(\.[^']+)'\)/gm);
  return [...found].map(([, type, named, late]) => ({
    from,
    to: relative(SRC, resolve(SRC, dirname(from), (named ?? late)!.replace(/\.js$/, '.ts')))
      .split(sep)
      .join('/'),
    loads: type === undefined && late === undefined,
  }));
}

/** Of two paths the parts in which they differ first: what of a room imports what of it. */
function parts({ from, to }: Import): { readonly room: string; readonly a: string; readonly b: string } {
  const [one, other] = [from.split('/'), to.split('/')];
  let depth = 0;
  while (one[depth] === other[depth] && depth < one.length - 1) depth++;
  return { room: one.slice(0, depth).join('/'), a: one[depth]!, b: other[depth]! };
}

/** Parts from which one comes back to them. */
function inRings(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const reaches = (from: string, to: string): boolean => {
    const seen = new Set<string>();
    const stack = [...(edges.get(from) ?? [])];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      if (next === to) return true;
      if (seen.has(next)) continue;
      seen.add(next);
      stack.push(...(edges.get(next) ?? []));
    }
    return false;
  };
  return [...edges.keys()].filter((part) => reaches(part, part)).sort();
}

test('imports point from collections to engine, graph and kernels, types too', () => {
  const rooms = readdirSync(SRC, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry.name] : [],
  );
  expect([...ROOMS].sort()).toEqual(rooms.sort());
  const wrong = imports.filter(({ from, to }) => {
    const [a, b] = [from, to].map((file) => ROOMS.indexOf(file.split('/')[0]!)) as [number, number];
    return a >= 0 && b > a;
  });
  expect(wrong).toEqual([]);
});

test('what is loaded has no rings, but where methods make what they are methods of', () => {
  const rooms = new Map<string, Map<string, Set<string>>>();
  for (const each of imports) {
    const { room, a, b } = parts(each);
    if (!each.loads || a === b) continue;
    const edges = rooms.get(room) ?? new Map<string, Set<string>>();
    rooms.set(room, edges.set(a, (edges.get(a) ?? new Set()).add(b)));
  }
  const rings = [...rooms].flatMap(([room, edges]) => {
    const ring = inRings(edges);
    return ring.length === 0 ? [] : [[room, ring.filter((part) => !part.endsWith('.ts'))]];
  });
  expect(Object.fromEntries(rings)).toEqual(RINGS);
});

test('a folder within a room that has a door is entered by it', () => {
  const past = imports.filter(({ from, to }) => {
    const folder = dirname(to);
    const inner = folder.includes('/') && existsSync(join(SRC, folder, 'index.ts'));
    return inner && !from.startsWith(`${folder}/`) && !to.endsWith('/index.ts');
  });
  expect(past.filter(({ to }) => !SIDE_DOORS.some((door) => to.startsWith(door)))).toEqual([]);
});

test('nothing of a module is called as what loaders give to all of them', () => {
  const names = /^(?:export )?(?:const|let|var|function) (?:module|exports|require|__dirname|__filename)\b/m;
  expect(files.filter((file) => names.test(readFileSync(join(SRC, file), 'utf8')))).toEqual([]);
});
