/** A cluster on AWS, by kops. */

export { usualBucket } from './cluster.js';
export { type AwsDownOptions, awsDown } from './down.js';
export { accountOf } from './preflight.js';
export { PRICES, type Prices, pricesWith } from './prices.js';
export { remembered } from './state.js';
export { awsStatus } from './status.js';
export { awsUp, type Wish } from './up.js';
