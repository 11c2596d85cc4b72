let loaded: Promise<typeof import('../../frame/distributed/work.js')> | undefined;

/** DuckDB, and what makes statements for it, are loaded when the first task of a frame comes. */
export const late = (): Promise<typeof import('../../frame/distributed/work.js')> => {
  loaded ??= import('../../frame/distributed/work.js');
  return loaded;
};
