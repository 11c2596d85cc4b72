// ERA-Interim winds: the mean speed, beside NumPy's on the same file.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { check, finish, measured } from './measured.mjs';
import { python } from '../../scripts/venv.mjs';

const file = fileURLToPath(new URL('../../../shared/data/eraint_uvz.nc', import.meta.url));
if (!existsSync(file)) console.log(`skipped: ${file} is not here`);
else {
  const { answer } = measured('wind.mjs', [file]);
  const script = fileURLToPath(new URL('programs/wind.py', import.meta.url));
  const run = spawnSync(await python('test/truth/requirements.txt'), [script, file], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (run.status !== 0) throw new Error(run.stderr);
  const expected = JSON.parse(run.stdout);
  const worst = expected.reduce((most, v, i) => Math.max(most, Math.abs(answer[i] - v) / Math.abs(v)), 0);
  check('mean wind speed', answer.length === expected.length && worst <= 1e-12, `${answer.length} values, off by at most ${worst.toExponential(1)}`);
  finish();
}
