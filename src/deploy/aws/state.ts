import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, stateDirectory, writePrivate } from '../files.js';
import type { AwsCluster } from './cluster.js';

const fileOf = (name: string): string => join(stateDirectory('aws'), `${name}.json`);

/** What `up` was told of a cluster on this machine. How far it is, is asked of the world. */
export const remembered = (name: string): AwsCluster | undefined =>
  readJson(fileOf(name)) as AwsCluster | undefined;

export const remember = (cluster: AwsCluster): void =>
  writePrivate(fileOf(cluster.name), `${JSON.stringify(cluster, undefined, 2)}\n`);

export const forget = (name: string): void => rmSync(fileOf(name), { force: true });
