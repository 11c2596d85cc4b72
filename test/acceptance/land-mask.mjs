// The GLOBE land mask, 933 MB of booleans, to Zarr and back under a memory limit of 512 MB.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { check, close, finish, measured, peakUnder } from './measured.mjs';

const file = fileURLToPath(new URL('../../../shared/data/globe_land_mask.npz', import.meta.url));
if (!existsSync(file)) console.log(`skipped: ${file} is not here`);
else {
  const run = measured('land-mask.mjs', [file]);
  // Values computed with NumPy on the whole mask: cos(latitude)-weighted share of land.
  close('land fraction', run.answer.earth, 0.28905018356191625, 1e-12);
  close('north of the equator', run.answer.north, 0.3939527140344703, 1e-12);
  close('south, with the row on the equator', run.answer.south, 0.18416290943450342, 1e-12);
  check('shape', run.answer.shape.join() === '21600,43200', run.answer.shape.join(' × '));
  peakUnder('land mask', run, 512e6);
  finish();
}
