import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tw from 'tilework';

const [file] = process.argv.slice(2);
tw.configure({ memoryLimit: '512MB' });
const directory = await mkdtemp(join(tmpdir(), 'tilework-land-'));
try {
  const store = join(directory, 'mask.zarr');
  await tw.toZarr(tw.fromNpz(file, 'mask'), store);
  const ocean = await tw.fromZarr(store);
  const latitude = tw.fromNpz(file, 'lat');
  const columns = ocean.shape[1];
  const land = ocean.logicalNot().sum(1).astype('float64');
  const weight = latitude.radians().cos();
  const share = (where) => {
    const w = where ? tw.where(where, weight, 0) : weight;
    return land.multiply(w).sum().divide(w.sum().multiply(columns));
  };
  const [earth, north, south] = await tw.compute([
    share(),
    share(latitude.greater(0)),
    share(latitude.lessEqual(0)),
  ]);
  console.log(JSON.stringify({ earth, north, south, shape: ocean.shape }));
} finally {
  await rm(directory, { recursive: true, force: true });
}
