import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { availableBytes, defaultLimit } from '../engine/memory/limits.js';
import { findBlas } from '../kernels/blas.js';

const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

/** What the machine has for tilework, and what to install for what is missing; one line each. */
export function info(version: string): string[] {
  const blas = findBlas();
  return [
    `tilework   ${version}`,
    `node       ${process.versions.node} (V8 ${process.versions.v8}, ${process.platform} ${process.arch})`,
    `numpy-ts   ${versionOf('numpy-ts')}, zarrita ${versionOf('zarrita')}, koffi ${versionOf('koffi')}`,
    `cores      ${availableParallelism()} (${cpus()[0]?.model.trim() ?? 'unknown processor'})`,
    `memory     ${gib(availableBytes())} available to this process; default memoryLimit ${gib(defaultLimit())}`,
    blas
      ? `BLAS       ${blas.config.trim()} (${blas.path})`
      : 'BLAS       none found: matrix products and factors use built-in kernels. Faster: install OpenBLAS (Debian and Ubuntu: apt-get install libopenblas0; Fedora: dnf install openblas) and koffi (npm install koffi)',
  ];
}

/** The version of an installed package, without loading it. */
function versionOf(name: string): string {
  try {
    const entry = fileURLToPath(import.meta.resolve(name));
    const root = entry.slice(0, entry.lastIndexOf(`node_modules/${name}/`) + `node_modules/${name}/`.length);
    return JSON.parse(readFileSync(`${root}package.json`, 'utf8')).version;
  } catch {
    return 'not installed';
  }
}
