import type { Op } from '../engine/op.js';

/** The operations that read and write files, by name; each loads its module, and what that needs, when first used. */
export const ioOps: Readonly<Record<string, () => Promise<Op>>> = {
  'io/npy': async () => (await import('./read-npy.js')).readNpy,
  'io/npz-inflate': async () => (await import('./inflate.js')).inflateMember,
  'io/zarr': async () => (await import('./zarr/read.js')).readZarr,
  'io/netcdf': async () => (await import('./netcdf/read.js')).readNetcdf,
  'io/npy-write': async () => (await import('./write-npy.js')).writeNpy,
  'io/zarr-write': async () => (await import('./zarr/write.js')).writeZarr,
};
