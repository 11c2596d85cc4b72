import { DeployError } from '../errors.js';
import type { Executor } from '../executor.js';
import { type Bucket, s3api } from './bucket.js';

/** As many as fit into an argument of a command: Linux has room for 128 KiB. */
const AT_ONCE = 100;
const NO_BUCKET = ['NoSuchBucket', '(404)'];

interface Listing {
  readonly Versions?: readonly Item[];
  readonly DeleteMarkers?: readonly Item[];
}
interface Item {
  readonly Key: string;
  readonly VersionId: string;
}

/**
 * Empties the bucket, of earlier versions and marks of deletion too, and removes it.
 * @throws DeployError where other clusters' states lie in it: then it is as it was
 */
export async function removeBucket(executor: Executor, bucket: Bucket, cluster: string): Promise<void> {
  const listed = await executor.query(s3api(bucket, 'list-objects-v2'), NO_BUCKET);
  if (listed === undefined) {
    executor.say(`   there is no bucket ${bucket.bucket}`);
    return;
  }
  const { Contents = [] } = listed as { Contents?: readonly { Key: string }[] };
  const states = new Set(Contents.map(({ Key }) => Key.split('/', 1)[0]!));
  const others = [...states].filter((state) => state !== cluster);
  if (others.length > 0)
    throw new DeployError(
      `the bucket ${bucket.bucket} stays: there is more in it than ${cluster}'s state: ${others.slice(0, 5).join(', ')}`,
    );
  for (;;) {
    const page = (await executor.query(
      s3api(bucket, 'list-object-versions', '--max-items', String(AT_ONCE)),
      NO_BUCKET,
    )) as Listing;
    const items = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
    if (items.length === 0) break;
    const objects = items.slice(0, AT_ONCE).map(({ Key, VersionId }) => ({ Key, VersionId }));
    await executor.execute([
      {
        title: `${objects.length} versions of objects are deleted`,
        command: s3api(
          bucket,
          'delete-objects',
          '--delete',
          JSON.stringify({ Objects: objects, Quiet: true }),
        ),
      },
    ]);
    if (executor.dryRun) break;
  }
  await executor.execute([
    { title: `bucket ${bucket.bucket} is removed`, command: s3api(bucket, 'delete-bucket') },
  ]);
}
