import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Graph, Key, Task } from '../../src/graph/task.js';
import { graphToSvg, graphToText } from '../../src/watch/visualize.js';
import { bytesText, escapeXml } from '../../src/watch/visualize-label.js';
import { layout } from '../../src/watch/visualize-layout.js';
import { elementsOf, textsOf, unescaped } from './xml.js';

const hash = (c: string): string => c.repeat(32);
const block = (key: Key, inputs: readonly Key[], shape = [1000, 500], op = 'array/fused'): [Key, Task] => [
  key,
  { key, op, inputs, params: 0, out: [{ dtype: 'float64', shape }] },
];

/** `x - x.mean(0)` for n × m blocks. */
function anomalies(n: number, m: number): Graph {
  const [x, part, mean, sub] = ['random', 'partial', 'mean', 'subtract'].map(
    (name, i) => `${name}-${hash(String(i))}`,
  );
  const graph = new Map<Key, Task>();
  for (let j = 0; j < m; j++) {
    for (let i = 0; i < n; i++) {
      graph.set(...block(`${x}:${i},${j}`, [], [1000, 500], 'array/random'));
      graph.set(...block(`${part}:${i},${j}`, [`${x}:${i},${j}`], [1, 500]));
      graph.set(...block(`${sub}:${i},${j}`, [`${x}:${i},${j}`, `${mean}:${j}`]));
    }
    graph.set(
      ...block(
        `${mean}:${j}`,
        Array.from({ length: n }, (_, i) => `${part}:${i},${j}`),
        [500],
      ),
    );
  }
  return graph;
}

/** Boxes of the tasks, without the background. */
const boxesOf = (svg: string) => elementsOf(svg, 'rect').slice(1);

describe('graphToSvg', () => {
  it('draws a box with title, operation and result for each task, and an arrow for each input', () => {
    const svg = graphToSvg(anomalies(2, 1));
    expect(boxesOf(svg)).toHaveLength(7);
    expect(
      elementsOf(svg, 'path').filter((path) => path.d?.startsWith('M') && path.d.includes('C')),
    ).toHaveLength(8);
    const texts = textsOf(svg, 'text');
    expect(texts).toEqual(
      expect.arrayContaining([
        '7 tasks in 4 layers',
        'random (0, 0)',
        'array/random → float64 1,000 × 500',
        'mean (0)',
      ]),
    );
    expect(
      textsOf(svg, 'title').some(
        (text) => text.includes(`random-${hash('0')}:0,0\narray/random`) && text.includes('3.81 MiB'),
      ),
    ).toBe(true);
  });

  it('draws no box over another, and readers to the right of what they read', () => {
    const reads = fc.array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(reads, (lists) => {
        const edges = lists.flatMap((list, i) =>
          i === 0 ? [] : [...new Set(list.map((r) => r % i))].map((r): [number, number] => [r, i]),
        );
        const widths = lists.map((_, i) => 50 + (i % 7) * 10);
        const plan = layout({ widths, height: 38, edges });
        for (const [i, x] of plan.x.entries()) {
          expect(plan.y[i]! - 19).toBeGreaterThanOrEqual(0);
          expect(plan.y[i]! + 19).toBeLessThanOrEqual(plan.height);
          expect(x + plan.columnWidth[i]!).toBeLessThanOrEqual(plan.width + 1e-9);
          expect(plan.columnWidth[i]).toBeGreaterThanOrEqual(widths[i]!);
          for (let j = 0; j < i; j++) {
            if (plan.x[j] === x) expect(Math.abs(plan.y[i]! - plan.y[j]!)).toBeGreaterThanOrEqual(38);
          }
        }
        for (const [from, to] of edges)
          expect(plan.x[from]! + plan.columnWidth[from]!).toBeLessThan(plan.x[to]!);
      }),
    );
  });

  it('lays a tree out without crossings, whatever the order of its leaves', () => {
    // 27 leaves in a scrambled order, joined three by three
    const edges: [number, number][] = [];
    const parent = [...Array(27).keys()].map((i) => 27 + Math.floor(((i * 10) % 27) / 3));
    for (const [i, p] of parent.entries()) edges.push([i, p]);
    for (let i = 0; i < 9; i++) edges.push([27 + i, 36 + Math.floor(i / 3)]);
    for (let i = 0; i < 3; i++) edges.push([36 + i, 39]);
    const { y } = layout({ widths: Array(40).fill(50), height: 30, edges });
    const leaves = [...Array(27).keys()].sort((a, b) => y[a]! - y[b]!);
    const parents = leaves.map((i) => parent[i]!);
    expect(parents.filter((p, i) => p !== parents[i - 1])).toHaveLength(9);
  });

  it('draws one box a layer beyond the most boxes wanted, and says what else to do beyond that', () => {
    const graph = anomalies(20, 10);
    const svg = graphToSvg(graph);
    expect(boxesOf(svg)).toHaveLength(4);
    expect(textsOf(svg, 'text')).toEqual(
      expect.arrayContaining([
        '610 tasks, one box for each of 4 layers (max: 300)',
        'random',
        'array/random · 200 tasks, 762.94 MiB',
      ]),
    );
    expect(boxesOf(graphToSvg(graph, { max: 610 }))).toHaveLength(610);
    const refused = graphToSvg(graph, { max: 3 });
    expect(boxesOf(refused)).toHaveLength(0);
    expect(textsOf(refused, 'text')).toEqual([
      expect.stringMatching(/610 tasks in 4 layers are too many to draw.*graphToText/),
    ]);
  });

  it('draws layers that read one another both ways', () => {
    const graph = new Map([
      block('a:0', []),
      block('b:0', ['a:0']),
      block('a:1', ['b:0']),
      block('b:1', ['a:1']),
    ]);
    expect(boxesOf(graphToSvg(graph, { max: 2 }))).toHaveLength(2);
  });

  it('marks outputs by a bold frame and results that exist already by a dashed one', () => {
    const graph = new Map([block('a', ['held']), block('b', ['a']), block('c', ['b'])]);
    const frames = (svg: string) =>
      boxesOf(svg).map((box) => `${box['stroke-width']}${box['stroke-dasharray'] ? ' dashed' : ''}`);
    expect(frames(graphToSvg(graph))).toEqual(['1', '1', '2.6', '1 dashed']);
    expect(frames(graphToSvg(graph, { outputs: ['b'] }))).toEqual(['1', '2.6', '1', '1 dashed']);
  });

  it('colours by operation, layer or order', () => {
    const graph = anomalies(3, 1);
    const fills = (color: 'op' | 'layer' | 'order') =>
      new Set(boxesOf(graphToSvg(graph, { color })).map((box) => box.fill)).size;
    expect(fills('op')).toBe(2);
    expect(fills('layer')).toBe(4);
    expect(fills('order')).toBe(10);
    expect(textsOf(graphToSvg(graph, { color: 'order' }), 'text')).toContain('0 · random (0, 0)');
  });

  it('escapes whatever keys hold', () => {
    const evil = '</text><script>alert("1")</script>&\u0000\ud800\'';
    const graph = new Map([block(evil, [`${evil}2`])]);
    const svg = graphToSvg(graph);
    expect(elementsOf(svg, 'script')).toEqual([]);
    expect(textsOf(svg, 'title')[0]).toContain('</text><script>alert("1")</script>&\ufffd\ufffd\'');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the characters that XML forbids
    expect(svg).not.toMatch(/[\u0000-\u0008\ud800-\udfff]/);
  });

  it('draws the empty graph', () => expect(boxesOf(graphToSvg(new Map()))).toEqual([]));

  it('draws 300 tasks in no time', () => {
    const graph = new Map<Key, Task>();
    for (let i = 0; i < 150; i++) graph.set(...block(`a:${i}`, []));
    for (let i = 0; i < 150; i++)
      graph.set(
        ...block(
          `b:${i}`,
          Array.from({ length: 30 }, (_, k) => `a:${(i * 7 + k * 11) % 150}`),
        ),
      );
    // Of the processor, whatever else it does.
    const start = process.cpuUsage();
    expect(boxesOf(graphToSvg(graph))).toHaveLength(300);
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1000).toBeLessThan(3000);
  });
});

describe('graphToText', () => {
  it('lists the tasks in the order of running, with the numbers of what they read', () => {
    const graph = new Map([
      block(`sum-${hash('b')}`, [`x-${hash('a')}:0`, `x-${hash('a')}:1`, 'held'], []),
      block(`x-${hash('a')}:0`, [], [10]),
      block(`x-${hash('a')}:1`, [], [10]),
      ['save', { key: 'save', op: 'call', inputs: [`sum-${hash('b')}`], params: 0 } as Task] as [Key, Task],
    ]);
    expect(graphToText(graph)).toBe(
      [
        '#  key         operation    result          reads',
        '─  ──────────  ───────────  ──────────────  ──────────',
        '0  x-aaaaaa:0  array/fused  float64 10',
        '1  x-aaaaaa:1  array/fused  float64 10',
        '2  sum-bbbbbb  array/fused  float64 scalar  0, 1, held',
        '3  save        call         value           2',
        '4 tasks; run one at a time, at most 3 results at once, 168 B of blocks',
      ].join('\n'),
    );
  });

  it('counts what it leaves out', () => {
    const graph = new Map([...Array(30).keys()].map((i) => block(`x:${i}`, [])));
    graph.set(...block('all', [...graph.keys()]));
    const lines = graphToText(graph, { max: 5 }).split('\n');
    expect(lines).toHaveLength(2 + 5 + 2);
    expect(lines.at(-2)).toBe('… and 26 tasks more');
    expect(graphToText(graph).split('\n').at(-2)).toMatch(
      /^30 +all .* 0, 1, 2, 3, 4, 5, … 29 \(30 in all\)$/,
    );
  });
});

describe('labels', () => {
  it('write bytes in binary units, with three digits and more', () => {
    expect(
      [0, 1, 1023, 1024, 1536, 10 ** 6, 2 ** 20 - 1, 2 ** 30, 5 * 2 ** 40, Number.NaN].map(bytesText),
    ).toEqual([
      '0 B',
      '1 B',
      '1023 B',
      '1.00 KiB',
      '1.50 KiB',
      '976.56 KiB',
      '1.00 MiB',
      '1.00 GiB',
      '5.00 TiB',
      'unknown',
    ]);
  });
  it('escape text so that it comes back, but for what XML forbids', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = escapeXml(text);
        expect(escaped).not.toMatch(/[<>"']/);
        expect(unescaped(escaped)).toBe(
          text.replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd'),
        );
      }),
    );
  });
});
