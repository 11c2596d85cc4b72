// ERA-Interim winds: the mean speed over months and levels, beside NumPy's on the same file.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { check, finish, measured, peakUnder, reference } from './measured.mjs';

const file = fileURLToPath(new URL('../../../shared/data/eraint_uvz.nc', import.meta.url));
if (!existsSync(file)) console.log(`skipped: ${file} is not here`);
else {
  const run = measured('wind.mjs', [file]);
  const expected = reference('truth', 'test/truth/requirements.txt', 'wind.py', [file]);
  if (expected !== undefined) {
    const { answer } = run;
    const worst = expected.reduce((most, v, i) => Math.max(most, Math.abs(answer[i] - v) / Math.abs(v)), 0);
    check(
      'mean wind speed',
      answer.length === expected.length && worst <= 1e-12,
      `${answer.length} values, off by at most ${worst.toExponential(1)} of each`,
    );
  }
  peakUnder('wind', run, 512e6);
  finish();
}
