/** The resource that tells the scheduler, and clients, that a worker is of Node; see `deploy/scheduler`. */
export const JS: Readonly<Record<string, number>> = Object.freeze({ JS: 1 });
