/** Rewrites of plans: the same rows with less work. */

export { groupByDates } from './days.js';
export { explainPlan } from './explain.js';
export { conjunctsOf } from './expressions.js';
export { joinStatistics, mayPass, pruneFiles, readBound, telling } from './files.js';
export { optimize } from './optimize.js';
export { type SharedPlan, share } from './shared.js';
export { seesOrder } from './sorts.js';
