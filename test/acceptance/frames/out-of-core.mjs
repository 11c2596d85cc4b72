// Frames over files of eight times the memory limit, which take a sort, groups of tens of millions or a join, as one fragment and in partitions.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { alone } from '../../../scripts/venv.mjs';
import { check, empty, finish, gigabytes, inDirectory, measured, needDisk, peakUnder } from '../measured.mjs';

const CACHE = fileURLToPath(new URL('../../../.cache/acceptance', import.meta.url));

const LIMIT = 512e6;
const ROWS = 32_000_000;
const GROUPS = 24_000_000;
/** Three numbers, and a text of 96 bytes with its 16 of length and place, as DuckDB has them in memory. */
const ROW_BYTES = 3 * 8 + 16 + 96;
const PARTITIONS = 8;

/** The sum of x of rows from 0 to before n: i modulo 1024 of each. */
const sumX = (n) => Math.floor(n / 1024) * ((1023 * 1024) / 2) + ((n % 1024) * ((n % 1024) - 1)) / 2;
/** Rows i and i + GROUPS have the same key; keys that are even are in the other file, with y of the half key modulo 16. */
const EXPECTED = {
  sort: { n: ROWS, size: ROWS * 96, x: sumX(ROWS), falls: 0 },
  group: { groups: GROUPS, n: ROWS, x: sumX(ROWS), most: 2 },
};

function verdict(name, answer, expected) {
  const same = Object.entries(expected).every(([key, value]) => answer[key] === value);
  check(name, same, JSON.stringify(answer));
}

/** The files, which are made once, and what is known of them. */
function files() {
  const directory = join(CACHE, `rows-${ROWS}`);
  const about = join(directory, 'about.json');
  mkdirSync(CACHE, { recursive: true });
  alone(`${directory}.lock`, () => {
    if (existsSync(about)) return;
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory);
    const made = measured('make-rows.mjs', [
      JSON.stringify({ directory, rows: ROWS, files: 4, groups: GROUPS }),
    ]);
    writeFileSync(about, JSON.stringify({ ...made.answer, seconds: made.seconds }));
  });
  return { directory, ...JSON.parse(readFileSync(about, 'utf8')) };
}

/** Runs some of `sort`, `group` and `join`, and checks what they answer, take and leave. */
export function checkFrames(...some) {
  needDisk(tmpdir(), 12e9);
  const { directory, stored, seconds, join: joined } = files();
  check(
    'frames: size',
    ROWS * ROW_BYTES >= 8 * LIMIT,
    `${gigabytes(ROWS * ROW_BYTES)} of values, ${gigabytes(stored)} in files, made in ${seconds} s`,
  );
  const expected = { ...EXPECTED, join: joined };
  for (const what of some)
    for (const partitions of [undefined, PARTITIONS]) {
      const name = `frames: ${what}${partitions ? ` in ${partitions} partitions` : ''}`;
      inDirectory((spillDirectory) => {
        const result = measured('frames.mjs', [
          JSON.stringify({ what, directory, spillDirectory, memoryLimit: '512MB', partitions }),
        ]);
        verdict(name, result.answer.answer, expected[what]);
        peakUnder(name, result, LIMIT);
        empty(`${name}: the spill directory afterwards`, spillDirectory);
      });
    }
  finish();
}
