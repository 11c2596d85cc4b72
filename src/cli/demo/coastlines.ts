import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { feature } from 'topojson-client';
import type { Edges } from './rasterize.js';

type Ring = readonly (readonly [number, number])[];

/** The edges of Natural Earth's land polygons (1:10 million), from the npm package world-atlas. */
export function coastlines(): Edges {
  const file = createRequire(import.meta.url).resolve('world-atlas/land-10m.json');
  const topology = JSON.parse(readFileSync(file, 'utf8'));
  const land = feature(topology, topology.objects.land) as unknown as {
    features: { geometry: { coordinates: readonly (readonly Ring[])[] } }[];
  };
  const edges: number[] = [];
  for (const { geometry } of land.features)
    for (const polygon of geometry.coordinates)
      for (const ring of polygon)
        for (let i = 0; i + 1 < ring.length; i++) edges.push(...ring[i], ...ring[i + 1]);
  return Float64Array.from(edges);
}
