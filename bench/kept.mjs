/** Keeps what was measured, so that a table can be of workloads that were measured one by one, when the machine had time. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const fileFor = ({ cache, sizeName }) => path.join(cache, `measured-${sizeName}.json`);

function read(settings) {
  const file = fileFor(settings);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

/** Keeps the result of a workload in the place of the one before. */
export function keep({ workload, ...result }, settings) {
  const { threads } = settings;
  const all = { ...read(settings), [workload.id]: { ...result, threads } };
  writeFileSync(fileFor(settings), JSON.stringify(all, undefined, 1));
}

/** The newest results of workloads, of as many threads; those that were never measured are left out. */
export function kept(workloads, settings) {
  const all = read(settings);
  return workloads.flatMap((workload) => {
    const { threads, ...result } = all[workload.id] ?? {};
    return threads === settings.threads ? [{ workload, ...result }] : [];
  });
}
