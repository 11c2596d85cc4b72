import { isIP } from 'node:net';

const LABEL = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';

function check(what: string, text: string, is: boolean, rule: string): string {
  if (is) return text;
  throw new TypeError(`${what} ${JSON.stringify(text)}: ${rule}`);
}

const matches = (pattern: string, text: string): boolean => new RegExp(`^${pattern}$`).test(text);

/** Of a cluster, as kops takes it. */
export const clusterName = (text: string): string =>
  check(
    'cluster',
    text,
    matches(`${LABEL}(\\.${LABEL})+`, text) && text.length <= 63,
    'names of clusters are lower-case labels with dots between, at most 63 characters, such as demo.k8s.local',
  );

/** Of a bucket for states: Amazon's rules, and no dots, with which certificates of its address do not match. */
export const bucketName = (text: string): string =>
  check(
    'bucket',
    text,
    matches('[a-z0-9][a-z0-9-]{1,61}[a-z0-9]', text) &&
      !/^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|--x-s3|--table-s3)$/.test(text),
    'names of buckets are 3 to 63 lower-case letters, digits and hyphens, begin and end with a letter or digit, and leave out what Amazon has reserved',
  );

const zoneName = (text: string): string =>
  check('zone', text, matches('[a-z]{2}(-[a-z]+)+-\\d[a-z]', text), 'zones are called such as us-east-1a');

/** The one region that zones lie in. */
export function regionOf(zones: readonly string[]): string {
  const regions = [...new Set(zones.map((zone) => zoneName(zone).slice(0, -1)))];
  if (regions.length !== 1)
    throw new TypeError(`--zones ${zones.join(',')}: all zones of a cluster are in one region`);
  return regions[0]!;
}

export const instanceType = (text: string): string =>
  check(
    'instance type',
    text,
    matches('[a-z][a-z0-9-]*\\.[a-z0-9-]+', text),
    'types are called such as t3.large',
  );

/** Of a namespace, or of a group of workers. */
export const labelName = (what: string, text: string): string =>
  check(what, text, matches(LABEL, text), 'names are at most 63 lower-case letters, digits and hyphens');

/** Of a release of helm. */
export const releaseName = (text: string): string =>
  check(
    'release',
    text,
    matches(LABEL, text) && text.length <= 53,
    'names of releases are at most 53 lower-case letters, digits and hyphens',
  );

/** An address or a network, as a network. */
export function network(text: string): string {
  const [address = '', length, ...rest] = text.split('/');
  const bits = isIP(address) === 4 ? 32 : isIP(address) === 6 ? 128 : -1;
  const is =
    rest.length === 0 &&
    bits > 0 &&
    (length === undefined || (/^\d+$/.test(length) && Number(length) <= bits));
  check('network', text, is, 'networks are written such as 203.0.113.7/32');
  return length === undefined ? `${text}/${bits}` : text;
}
