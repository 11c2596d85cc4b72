import { describe, expect, it } from 'vitest';
import { arrayToHtml, chunksToSvg } from '../../src/watch/chunks.js';
import { elementsOf, textsOf } from './xml.js';

const cut = (extent: number, size: number): number[] =>
  Array.from({ length: Math.ceil(extent / size) }, (_, i) => Math.min(size, extent - i * size));

const paths = (svg: string) => elementsOf(svg, 'path');
/** Outlines of faces are filled; each other path holds the boundaries along one axis of one face. */
const faces = (svg: string) => paths(svg).filter((path) => path.fill !== 'none');
const lines = (svg: string) =>
  paths(svg)
    .filter((path) => path.fill === 'none')
    .map((path) => path.d!.split('M').length - 1);
const unknown = Number.NaN;

describe('chunksToSvg', () => {
  it.each([
    ['a scalar', [], [], 1, []],
    ['a bar', [1000], [cut(1000, 100)], 1, [9]],
    ['a rectangle', [300, 1000], [cut(300, 100), cut(1000, 250)], 1, [2, 3]],
    // front: rows, columns; top: depth, columns; side: rows, depth
    ['a box', [400, 300, 1000], [cut(400, 80), cut(300, 100), cut(1000, 250)], 3, [2, 3, 4, 3, 2, 4]],
    ['a bar and a box', [7, 400, 300, 1000], [cut(7, 1), [400], [300], cut(1000, 500)], 4, [6, 1, 1]],
    ['two boxes', [2, 3, 4, 5, 6, 7], [[2], [3], [4], [5], [6], [7]], 6, []],
  ])('draws %s with a line at each boundary', (_, shape, chunks, drawn, boundaries) => {
    const svg = chunksToSvg(shape, chunks);
    expect(faces(svg)).toHaveLength(drawn);
    expect(lines(svg)).toEqual(boundaries);
    const labels = textsOf(svg, 'text').filter((text) => text !== '×');
    expect(labels.sort()).toEqual(shape.map((n) => n.toLocaleString('en-US')).sort());
  });

  it('keeps proportions down to a quarter, and shows thinner axes still', () => {
    const heights = [500, 250, 100, 10, 0].map((rows) => {
      const corners = faces(chunksToSvg([rows, 1000], [[rows], [1000]], { size: 100 }))[0]!.d!.match(
        /[\d.]+ [\d.]+/g,
      )!;
      const ys = corners.map((corner) => Number(corner.split(' ')[1]));
      return Math.max(...ys) - Math.min(...ys);
    });
    expect(heights[0]).toBeCloseTo(50, 0);
    expect(heights[1]).toBeCloseTo(25, 0);
    expect(heights.at(-1)).toBeGreaterThan(8);
    expect([...heights].sort((a, b) => b - a)).toEqual(heights);
  });

  it('thins lines out where they are many', () => {
    const [count] = lines(chunksToSvg([1e6], [cut(1e6, 100)], { size: 160 }));
    expect(count).toBeGreaterThan(20);
    expect(count).toBeLessThan(60);
  });

  it('marks unknown sizes', () => {
    const svg = chunksToSvg(
      [unknown, 10],
      [
        [unknown, unknown, unknown],
        [5, 5],
      ],
    );
    expect(svg).not.toContain('NaN');
    expect(textsOf(svg, 'text').sort()).toEqual(['10', '?']);
    expect(paths(svg).filter((path) => path['stroke-dasharray'])).toHaveLength(1);
    expect(textsOf(svg, 'title')).toEqual(['? × 10 in 6 chunks']);
  });

  it('draws arrays without elements, and refuses chunks that do not fit the shape', () => {
    for (const svg of [
      chunksToSvg([0], [[0]]),
      chunksToSvg([0, 3], [[], [3]]),
      chunksToSvg([0, 0, 0], [[0], [0], [0]]),
    ]) {
      expect(svg).not.toMatch(/NaN|Infinity/);
    }
    expect(() => chunksToSvg([1, 2], [[1]])).toThrow(
      'The shape [1, 2] has 2 axes, but there are chunks for 1',
    );
  });
});

describe('arrayToHtml', () => {
  const cells = (html: string) => {
    const table = html.slice(html.indexOf('<table'), html.indexOf('</table>') + '</table>'.length);
    return [...textsOf(table, 'th').slice(1), ...textsOf(table, 'td')];
  };

  it('says what the array and its chunks measure', () => {
    const html = arrayToHtml({
      name: 'a<b>',
      dtype: 'float64',
      shape: [240, 721, 1440],
      chunks: [cut(240, 24), cut(721, 361), cut(1440, 360)],
      tasks: 1234,
      layers: 3,
    });
    // Bytes as Dask's own representation of such an array prints them.
    expect(cells(html)).toEqual([
      'Array',
      'Chunk',
      'Bytes',
      'Shape',
      'Count',
      'Type',
      '1.86 GiB',
      '23.80 MiB',
      '240 × 721 × 1,440',
      '24 × 361 × 360',
      '1,234 tasks in 3 layers',
      '80 chunks (10 × 2 × 4)',
      'float64',
      '',
    ]);
    expect(textsOf(html, 'caption')).toEqual(['a<b>']);
    expect(elementsOf(html, 'svg')).toHaveLength(1);
  });

  it('says which chunk it means where they differ, and what is not known', () => {
    const uneven = cells(arrayToHtml({ name: 'x', dtype: 'int16', shape: [10], chunks: [[2, 5, 3]] }));
    expect(uneven).toEqual([
      'Array',
      'Largest chunk',
      'Bytes',
      'Shape',
      'Count',
      'Type',
      '20 B',
      '10 B',
      '10',
      '5',
      '',
      '3 chunks',
      'int16',
      '',
    ]);
    const unsure = cells(
      arrayToHtml({ name: 'x', dtype: 'bool', shape: [unknown], chunks: [[unknown, unknown]], tasks: 1 }),
    );
    expect(unsure.slice(6)).toEqual(['unknown', 'unknown', '?', '?', '1 task', '2 chunks', 'bool', '']);
    const scalar = cells(arrayToHtml({ name: 'x', dtype: 'float32', shape: [], chunks: [] }));
    expect(scalar.slice(6)).toEqual(['4 B', '4 B', 'scalar', 'scalar', '', '1 chunk', 'float32', '']);
  });
});
