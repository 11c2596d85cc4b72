import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { certificatesNamed, parseAddress, readCertificates, withScheme } from '../comm/index.js';
import type { ClusterOptions } from './options.js';

/** Dask's own name: its programs and ours find a cluster by the same variable. */
const ADDRESS = 'DASK_SCHEDULER_ADDRESS';

/** Where the Helm chart mounts certificates, and how its Secret calls them. */
const MOUNTED = '/etc/tilework/tls';
const mountedAt = (directory: string) => ({
  ca: join(directory, 'ca.crt'),
  cert: join(directory, 'tls.crt'),
  key: join(directory, 'tls.key'),
});

/**
 * The address, and certificates for `tls://`, that a program leaves out: as the environment says, or for certificates as the chart mounts them.
 * @throws TypeError where there is no address, and for files of certificates that are named and cannot be read
 */
export function completed(
  address: string | undefined,
  options: ClusterOptions,
  environment: NodeJS.ProcessEnv,
  mounted = MOUNTED,
): readonly [address: string, options: ClusterOptions] {
  const said = address ?? environment[ADDRESS];
  if (!said)
    throw new TypeError(
      `connect: no address: give one, such as 'tls://scheduler:8786', or set ${ADDRESS} (tilework k8s connect writes a file that does)`,
    );
  const { ca, cert, key } = options;
  const given = [ca, cert, key].some((one) => one !== undefined);
  const mayBeTls = !given && !said.startsWith('tcp://');
  const files = mountedAt(mounted);
  const found = mayBeTls
    ? (certificatesNamed(environment, 'CLIENT') ??
      (existsSync(mounted) ? readCertificates(files, files) : undefined))
    : undefined;
  const at = withScheme(said, given || found !== undefined);
  parseAddress(at);
  return [at, { ...options, ...found }];
}
