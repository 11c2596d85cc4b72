import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Edges } from './rasterize.js';

type Point = readonly [number, number];
type Ring = readonly Point[];

/** The edges of Natural Earth's land polygons (1:50 million), from the npm package world-atlas. */
export async function coastlines(): Promise<Edges> {
  const { feature } = await import('topojson-client');
  const file = fileURLToPath(import.meta.resolve('world-atlas/land-50m.json'));
  const topology = JSON.parse(readFileSync(file, 'utf8'));
  const land = feature(topology, topology.objects.land) as unknown as {
    features: { geometry: { coordinates: readonly (readonly Ring[])[] } }[];
  };
  const edges: number[] = [];
  for (const { geometry } of land.features)
    for (const polygon of geometry.coordinates) for (const ring of polygon) cutRing(ring, edges);
  return Float64Array.from(edges);
}

/**
 * The edges of a ring on the flat map. Where a ring crosses the antimeridian it leaves the map on one side and comes back on
 * the other, so the map's own sides close it between each pair of crossings; a ring around a pole is closed along the pole.
 */
function cutRing(ring: Ring, edges: number[]): void {
  const crossings: number[] = [];
  for (let i = 0; i + 1 < ring.length; i++) {
    const [[x0, y0], [x1, y1]] = [ring[i], ring[i + 1]];
    if (Math.abs(x1 - x0) <= 180) {
      edges.push(x0, y0, x1, y1);
      continue;
    }
    const side = x0 > 0 ? 180 : -180;
    const way = x1 + 2 * side - x0;
    const y = way === 0 ? y0 : y0 + ((side - x0) / way) * (y1 - y0);
    edges.push(x0, y0, side, y, -side, y, x1, y1);
    crossings.push(y);
  }
  if (crossings.length % 2 === 1) crossings.push(ring[0][1] < 0 ? -90 : 90);
  crossings.sort((a, b) => a - b);
  for (let i = 0; i < crossings.length; i += 2)
    for (const side of [-180, 180]) edges.push(side, crossings[i], side, crossings[i + 1]);
}
