/** A chart in any cluster. */

export type { ChartName, Workers } from './charts.js';
export { connect } from './connect.js';
export { down } from './down.js';
export { installed } from './find.js';
export { scale } from './scale.js';
export { report } from './status.js';
export { anywhere, checkTarget, type Target } from './target.js';
export { install, type UpOptions, up } from './up.js';
