import type * as DuckDB from '@duckdb/node-api';
import { FrameError } from '../errors.js';

let loaded: Promise<typeof DuckDB> | undefined;

/** DuckDB, loaded when the first frame needs it. Rejects with a FrameError that says how to install it. */
export function duckdb(): Promise<typeof DuckDB> {
  loaded ??= import('@duckdb/node-api').catch((cause: unknown) => {
    loaded = undefined;
    throw new FrameError(
      'dataframes need the package @duckdb/node-api, which is not installed here: npm install @duckdb/node-api',
      {
        cause,
      },
    );
  });
  return loaded;
}
