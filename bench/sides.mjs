/** Runs one side of a workload in a process of its own. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = path.dirname(fileURLToPath(import.meta.url));

/** Environment of both sides: one thread a BLAS call (the blocks are the parallelism), no settings that slow OpenBLAS. */
function environment(extra) {
  const env = { ...process.env, OPENBLAS_NUM_THREADS: '1', ...extra };
  delete env.OPENBLAS_CORETYPE;
  delete env.OPENBLAS_L2_SIZE;
  return env;
}

function start(command, args, env) {
  return new Promise((resolve, reject) => {
    execFile(command, args, { env, maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      if (error)
        reject(
          new Error(
            `${path.basename(args.find((a) => a.includes(HERE)) ?? command)} failed: ${stderr.trim() || error.message}`,
          ),
        );
      else resolve(stdout);
    });
  });
}

/** The OpenBLAS inside NumPy's wheel. */
export function wheelBlas(python) {
  const site = path.join(path.dirname(python), '..', 'lib');
  for (const version of readdirSync(site)) {
    const libs = path.join(site, version, 'site-packages', 'numpy.libs');
    const found = existsSync(libs) && readdirSync(libs).find((name) => name.includes('openblas'));
    if (found) return path.join(libs, found);
  }
  throw new Error(`no OpenBLAS in the NumPy of ${python}`);
}

/** How to start both sides. `python` is the peer's, and that of our clusters' schedulers; `blas`: a library for ours in place of the one it finds. */
export function sides({ python, blas }) {
  const oursEnv = environment({ TILEWORK_DASK: python, ...(blas ? { TILEWORK_OPENBLAS: blas } : {}) });
  return {
    ours: (id, args) =>
      start(process.execPath, [path.join(HERE, 'ours', `${id}.mjs`), JSON.stringify(args)], oursEnv),
    /** `name` of the peer where a workload has several. */
    peer: (id, args, name) => {
      const script = path.join(HERE, 'peers', name ? `${id}-${name}` : id);
      const command = existsSync(`${script}.mjs`)
        ? [process.execPath, [`${script}.mjs`]]
        : [python, ['-B', `${script}.py`]];
      const env = environment(args.threads ? { POLARS_MAX_THREADS: String(args.threads) } : {});
      return start(command[0], [...command[1], JSON.stringify(args)], env);
    },
  };
}
