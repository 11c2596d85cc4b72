import { EngineError } from '../../engine/errors.js';

/** A graph has calls of Python, and nothing on the cluster can run them. */
export const noPython = (address: string): EngineError =>
  new EngineError(
    `no Python worker is on the cluster at ${address}: start one, "dask worker ${address}", where the Python packages are that it needs`,
  );
