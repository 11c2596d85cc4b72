import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { NDArray } from 'numpy-ts';

const LAND = [214, 198, 148] as const;
const SEA = [58, 97, 146] as const;

/** Draws a grid of land (1) and sea (0) as a PNG picture. */
export async function drawMap(grid: NDArray, path: string): Promise<void> {
  const { PNG } = await import('pngjs');
  const [height, width] = grid.shape;
  const png = new PNG({ width, height, colorType: 2 });
  const cells = grid.data as Uint8Array;
  for (let i = 0; i < cells.length; i++) {
    png.data.set(cells[i] ? LAND : SEA, i * 4);
    png.data[i * 4 + 3] = 255;
  }
  await pipeline(png.pack(), createWriteStream(path));
}
