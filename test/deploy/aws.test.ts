import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bucketSteps } from '../../src/deploy/aws/bucket.js';
import { inventory } from '../../src/deploy/aws/inventory.js';
import { motoPython, startMoto } from '../support/moto.js';
import { pythonOf } from '../support/scripts.js';
import { World } from './support/world.js';

const moto = motoPython();
const awscli = pythonOf('aws', 'aws', 'test/deploy/aws-requirements.txt');
const ACCOUNT = '123456789012';
const NAME = 'demo.k8s.local';
const REGION = 'us-east-1';

/** The real aws, against what answers as Amazon does: each call takes a second, and on a busy machine several. */
describe.skipIf(moto === undefined || awscli === undefined)('with the real aws', { timeout: 400_000 }, () => {
  let server: Awaited<ReturnType<typeof startMoto>>;
  let world: World;
  beforeAll(async () => {
    server = await startMoto(moto!);
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    world = new World(
      { aws: join(dirname(awscli!), 'aws') },
      {
        AWS_ENDPOINT_URL: server.endpoint,
        AWS_ACCESS_KEY_ID: 'AKIATESTTESTTEST',
        AWS_SECRET_ACCESS_KEY: 'secret',
        AWS_EC2_METADATA_DISABLED: 'true',
        // What the first call has compiled is there for all.
        PYTHONDONTWRITEBYTECODE: '',
      },
    );
  });
  afterEach(() => world.close());

  it('makes a bucket step by step, each of which may fail, and finds done what is', async () => {
    const steps = bucketSteps({ bucket: 'tilework-states', region: REGION, account: ACCOUNT });
    const said: string[] = [];
    const executor = world.executor(said);
    for (const step of steps) {
      world.fail(step.command.args[1]!);
      await expect(executor.execute([step]), step.title).rejects.toThrow('injected');
      await executor.execute([step]);
    }
    world.calls();
    said.length = 0;
    await executor.execute(steps);
    expect(said.filter((line) => line === '   is done already')).toHaveLength(4);
    expect(world.calls().map(([, , command]) => command)).toEqual([
      'head-bucket',
      'get-bucket-versioning',
      'get-bucket-encryption',
      'get-public-access-block',
    ]);
  });

  it('says where a bucket is to be, elsewhere than in us-east-1', async () => {
    const bucket = { bucket: 'tilework-elsewhere', region: 'eu-west-1', account: ACCOUNT };
    const executor = world.executor();
    await executor.execute(bucketSteps(bucket).slice(0, 1));
    const where = await executor.query({
      program: 'aws',
      args: ['s3api', 'get-bucket-location', '--bucket', bucket.bucket, '--region', 'eu-west-1'],
    });
    expect(where).toEqual({ LocationConstraint: 'eu-west-1' });
  });

  it('finds and removes what a cluster left, and nothing else, and the bucket when asked', async () => {
    const bucket = `tilework-kops-${ACCOUNT}-${REGION}`;
    const executor = world.executor();
    await executor.execute(bucketSteps({ bucket, region: REGION, account: ACCOUNT }).slice(0, 2));
    const plant = join(import.meta.dirname, 'support/plant.py');
    const planted = JSON.parse(
      execFileSync(moto!, ['-B', plant, server.endpoint, REGION, NAME, bucket], { encoding: 'utf8' }),
    ) as { left: string[]; kept: string[] };
    expect(await inventory(executor, { name: NAME, region: REGION })).toEqual({
      instances: [],
      disk: 14,
      loadBalancers: 2,
      addresses: 1,
    });

    const { code, out, err } = await world.run(
      ...['aws', 'down', NAME, '--zones', 'us-east-1a', '--with-bucket', '--yes-delete', NAME],
    );
    expect(code, err).toBe(0);
    for (const id of planted.left) expect(out).toContain(`${id}, left over, is removed`);
    for (const id of planted.kept) expect(out).not.toContain(id);
    expect(out).toContain('nothing with its tags is left that costs money');
    expect(out).toContain('100 versions of objects are deleted');
    const ask = { program: 'aws', args: ['s3api', 'list-buckets', '--output', 'json'] } as const;
    expect(JSON.stringify(await executor.query(ask))).not.toContain(bucket);
  });
});
