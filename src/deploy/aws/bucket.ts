import type { Step } from '../step.js';
import { aws } from './command.js';

export interface Bucket {
  readonly bucket: string;
  readonly region: string;
  /** Of the account that owns it: buckets of others are refused. */
  readonly account: string;
}

/** What a bucket says that is not there, or is not there yet. */
const NO_BUCKET = ['(404)', 'NoSuchBucket'];
const PUBLIC = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};
const ENCRYPTED = { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] };

/** Of the account's own buckets only. */
export const s3api = ({ bucket, region, account }: Bucket, command: string, ...args: readonly string[]) =>
  aws(region, 's3api', command, '--bucket', bucket, '--expected-bucket-owner', account, ...args);

/** A bucket where kops keeps what it knows of clusters: versions are kept, all is encrypted, nothing is public. */
export function bucketSteps(bucket: Bucket): readonly Step[] {
  const { region } = bucket;
  // Everywhere else the region must be said; there it must not.
  const where =
    region === 'us-east-1' ? [] : ['--create-bucket-configuration', `LocationConstraint=${region}`];
  const taken = `${bucket.bucket} belongs to another account, or these credentials may not use it: give another --bucket`;
  return [
    {
      title: `bucket ${bucket.bucket} in ${region}`,
      command: aws(region, 's3api', 'create-bucket', '--bucket', bucket.bucket, ...where),
      check: { command: s3api(bucket, 'head-bucket'), absent: NO_BUCKET },
      remedies: [
        ['(403)', taken],
        ['AccessDenied', taken],
        ['BucketAlreadyExists', taken],
      ],
    },
    {
      title: 'versions are kept',
      command: s3api(bucket, 'put-bucket-versioning', '--versioning-configuration', 'Status=Enabled'),
      check: {
        command: s3api(bucket, 'get-bucket-versioning'),
        has: { Status: 'Enabled' },
        absent: NO_BUCKET,
      },
    },
    {
      title: 'what lies there is encrypted',
      command: s3api(
        bucket,
        'put-bucket-encryption',
        '--server-side-encryption-configuration',
        JSON.stringify(ENCRYPTED),
      ),
      check: {
        command: s3api(bucket, 'get-bucket-encryption'),
        has: { ServerSideEncryptionConfiguration: ENCRYPTED },
        absent: [...NO_BUCKET, 'ServerSideEncryptionConfigurationNotFoundError'],
      },
    },
    {
      title: 'nothing of it is public',
      command: s3api(
        bucket,
        'put-public-access-block',
        '--public-access-block-configuration',
        JSON.stringify(PUBLIC),
      ),
      check: {
        command: s3api(bucket, 'get-public-access-block'),
        has: { PublicAccessBlockConfiguration: PUBLIC },
        absent: [...NO_BUCKET, 'NoSuchPublicAccessBlockConfiguration'],
      },
    },
  ];
}
