/** Options of Node that say how modules are found and loaded: users' functions need them in threads too. */
const LOADING = /^(--import|--require|-r|--loader|--experimental-loader|--conditions|-C)(=|$)/;

/**
 * The options of Node for threads. Threads inherit those of the process, which is best; but a process whose program was
 * given as text (`node --input-type=module -e …`) has one that no thread can start with: then only those that matter are
 * passed on.
 *
 * @returns undefined to inherit all
 */
export function threadExecArgv(execArgv: readonly string[]): string[] | undefined {
  if (!execArgv.some((option) => option.startsWith('--input-type'))) return undefined;
  return execArgv.flatMap((option, i) => {
    if (!LOADING.test(option)) return [];
    const value = execArgv[i + 1];
    return option.includes('=') || value === undefined ? [option] : [option, value];
  });
}
