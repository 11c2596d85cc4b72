/**
 * The real kops, whose state lies in an S3 that moto plays. It is built in ten minutes, so this runs where TILEWORK_TEST_KOPS is the path of one, and
 * TILEWORK_TEST_KOPS_CHANNEL that of its sources' channels/stable, which it would else fetch:
 *
 *     go mod download k8s.io/kops@v1.36.2 && cd $(go env GOMODCACHE)/k8s.io/kops@v1.36.2 && go build -o /tmp/kops ./cmd/kops
 */
import { chmodSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { bucketSteps } from '../../src/deploy/aws/bucket.js';
import { getCluster, kops, kopsSteps, NO_CLUSTER } from '../../src/deploy/aws/kops.js';
import { motoPython, startMoto } from '../support/moto.js';
import { pythonOf } from '../support/scripts.js';
import { World } from './support/world.js';

const { TILEWORK_TEST_KOPS: binary, TILEWORK_TEST_KOPS_CHANNEL: channel } = process.env;
const CLUSTER = {
  name: 'demo.k8s.local',
  region: 'us-east-1',
  zones: ['us-east-1a', 'us-east-1b'],
  account: '123456789012',
  bucket: 'tilework-states',
  nodes: 3,
  nodeSize: 't3.large',
  controlPlaneSize: 't3.medium',
  volumeSize: 20,
  adminAccess: '203.0.113.7/32',
};

describe.skipIf(!binary || !channel)('with the real kops', () => {
  it('describes, finds and deletes a cluster', { timeout: 240_000 }, async () => {
    const moto = await startMoto(motoPython()!);
    const awscli = pythonOf('aws', 'aws', 'test/deploy/aws-requirements.txt')!;
    const environment = {
      AWS_ENDPOINT_URL: moto.endpoint,
      S3_ENDPOINT: moto.endpoint,
      AWS_ACCESS_KEY_ID: 'AKIATESTTESTTEST',
      AWS_SECRET_ACCESS_KEY: 'secret',
      S3_ACCESS_KEY_ID: 'AKIATESTTESTTEST',
      S3_SECRET_ACCESS_KEY: 'secret',
      AWS_REGION: 'us-east-1',
      AWS_EC2_METADATA_DISABLED: 'true',
    };
    const world = new World({ aws: join(dirname(awscli), 'aws') }, environment);
    try {
      // Where it may not be fetched, the list of versions is a file.
      const own = world.path('tools', 'kops');
      world.script(
        'kops',
        `#!/bin/bash\nif [ "$1 $2" = 'create cluster' ]; then set -- "$@" --channel 'file://${channel}'; fi\nexec '${binary}' "$@"\n`,
      );
      chmodSync(own, 0o755);
      const executor = world.executor();
      expect(await executor.query(getCluster(CLUSTER), NO_CLUSTER), 'no bucket').toBeUndefined();
      await executor.execute(bucketSteps(CLUSTER));
      expect(await executor.query(getCluster(CLUSTER), NO_CLUSTER), 'no cluster').toBeUndefined();

      const [create, update] = kopsSteps(CLUSTER);
      const { program, args } = create!.command;
      const described = await executor.ask({ program, args: [...args, '--dry-run', '--output', 'yaml'] });
      expect(described.code, described.stderr).toBe(0);
      const [cluster, ...groups] = parseAllDocuments(described.stdout).map((document) => document.toJS());
      expect(cluster.spec).toMatchObject({
        topology: { dns: { type: 'None' } },
        kubernetesApiAccess: ['203.0.113.7/32'],
        configBase: 's3://tilework-states/demo.k8s.local',
        api: { loadBalancer: { class: 'Network', type: 'Public' } },
      });
      const nodes = groups.filter(({ spec }) => spec.role === 'Node');
      expect(nodes.map(({ spec }) => spec.rootVolumeSize)).toEqual([20, 20]);
      expect(nodes.reduce((sum, { spec }) => sum + spec.minSize, 0)).toBe(3);

      // moto has none of the images that kops takes: the description is written, what is made of it is not.
      const failed = await executor.ask(create!.command);
      expect(failed.code).not.toBe(0);
      expect(await executor.query(getCluster(CLUSTER), NO_CLUSTER)).toMatchObject({
        metadata: { name: CLUSTER.name },
      });
      // Resumed, the first step is done, and the second says what is wrong.
      await expect(executor.execute(kopsSteps(CLUSTER))).rejects.toThrow(update!.title);
      const preview = await executor.ask(kops(CLUSTER, 'delete', 'cluster'));
      expect(preview.stdout).toContain('Must specify --yes to unregister the cluster');
      writeFileSync(world.path('objects.json'), '{"items": []}');
      const { code, out, err } = await world.run(
        ...['aws', 'down', CLUSTER.name, '--zones', 'us-east-1a', '--bucket', CLUSTER.bucket],
        ...['--with-bucket', '--yes-delete', CLUSTER.name],
      );
      // Credentials are exported of certificates that an attempt so short has not made.
      expect([code, out + err]).toEqual([0, expect.stringContaining('bucket tilework-states is removed')]);
      expect(await executor.query(getCluster(CLUSTER), NO_CLUSTER)).toBeUndefined();
    } finally {
      world.close();
      await moto.stop();
    }
  });
});
