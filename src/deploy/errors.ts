/** What went wrong with a cluster's making, in words for who asked for it. */
export class DeployError extends Error {
  override readonly name = 'DeployError';
}

/** It was interrupted. */
export class InterruptedError extends DeployError {
  constructor() {
    super('interrupted; the same command goes on from here');
  }
}
