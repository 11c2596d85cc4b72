/** Dollars. */
export interface Prices {
  /** An hour of each type of instance: Linux, on demand. */
  readonly instances: Readonly<Record<string, number>>;
  /** A month of a gigabyte of disk (gp3). */
  readonly diskMonth: number;
  /** An hour of a load balancer, without what it carries. */
  readonly loadBalancer: number;
  /** An hour of a public IPv4 address. */
  readonly address: number;
}

/** Of what prices are, for who reads an estimate. */
export const PRICES_ARE =
  "estimate by a table of tilework's for us-east-1, written down in November 2026 and not asked from Amazon; traffic, and taxes, are not in it; other prices: --prices FILE";

/** Amazon's list for us-east-1. What is not here is said to be unknown. */
export const PRICES: Prices = {
  instances: {
    't3.micro': 0.0104,
    't3.small': 0.0208,
    't3.medium': 0.0416,
    't3.large': 0.0832,
    't3.xlarge': 0.1664,
    't3.2xlarge': 0.3328,
    't3a.medium': 0.0376,
    't3a.large': 0.0752,
    't3a.xlarge': 0.1504,
    'm5.large': 0.096,
    'm5.xlarge': 0.192,
    'm5.2xlarge': 0.384,
    'm5.4xlarge': 0.768,
    'm6i.large': 0.096,
    'm6i.xlarge': 0.192,
    'm6i.2xlarge': 0.384,
    'm6i.4xlarge': 0.768,
    'm7i.large': 0.1008,
    'm7i.xlarge': 0.2016,
    'm7i.2xlarge': 0.4032,
    'm7i.4xlarge': 0.8064,
    'c5.large': 0.085,
    'c5.xlarge': 0.17,
    'c5.2xlarge': 0.34,
    'c6i.large': 0.085,
    'c6i.xlarge': 0.17,
    'c6i.2xlarge': 0.34,
    'r5.large': 0.126,
    'r5.xlarge': 0.252,
    'r5.2xlarge': 0.504,
    'r6i.large': 0.126,
    'r6i.xlarge': 0.252,
    'r6i.2xlarge': 0.504,
  },
  diskMonth: 0.08,
  loadBalancer: 0.0225,
  address: 0.005,
};

/**
 * The table with what a user says instead: `{"instances": {"t3.large": 0.09}, "diskMonth": 0.1}`.
 * @throws TypeError for what is no price
 */
export function pricesWith(given: unknown): Prices {
  const number = (name: string, value: unknown): number => {
    if (typeof value === 'number' && value >= 0 && Number.isFinite(value)) return value;
    throw new TypeError(`--prices: ${name} must be dollars, not ${JSON.stringify(value)}`);
  };
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new TypeError('--prices: an object is needed, such as {"instances": {"t3.large": 0.09}}');
  const { instances = {}, ...others } = given as Partial<Prices>;
  const unknown = Object.keys(others).find((name) => !(name in PRICES));
  if (unknown !== undefined)
    throw new TypeError(`--prices: no ${unknown}; there are ${Object.keys(PRICES).join(', ')}`);
  for (const [name, value] of [...Object.entries(instances), ...Object.entries(others)]) number(name, value);
  return { ...PRICES, ...others, instances: { ...PRICES.instances, ...instances } };
}
