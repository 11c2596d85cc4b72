import {
  accountOf,
  awsDown,
  awsStatus,
  awsUp,
  clusterName,
  DeployError,
  type Executor,
  network,
  PRICES,
  type Prices,
  pricesWith,
  readJson,
  regionOf,
  remembered,
  usualBucket,
  type Wish,
} from '../deploy/index.js';
import { confirmed, typed } from './ask.js';
import { type Action, COMMON, maybeWhole, perform, RELEASE, readArgs, releaseOf, TARGET } from './deploy.js';

const AWS_USAGE = `tilework aws up|status|down CLUSTER [options]           a cluster on AWS, made by kops, with tilework on it
  up CLUSTER --zones us-east-1a        CLUSTER such as demo.k8s.local; says what it costs, and asks
     --nodes 2  --node-size t3.large  --control-plane-size t3.medium  --volume-size 20
     --bucket NAME                     where kops keeps its state; default: tilework-kops-ACCOUNT-REGION
     --admin-access my-ip              who reaches the cluster's API: this machine, or a network such as 203.0.113.0/24
     --yes                             does not ask
     --workers, --python, --chart, --values, --set, --timeout   as of tilework k8s up
  status CLUSTER                       what it has, what it costs an hour, and what runs on it
  down CLUSTER                         deletes it, and looks for what would go on costing money
     --with-bucket                     and the bucket, with all versions of what is in it
     --yes-delete CLUSTER              does not ask

  --zones, --bucket                    of status and down: where it was not begun on this machine
  --prices FILE                        dollars, where they are not as in the table: {"instances": {"t3.large": 0.09}}
  --namespace compute  --release tilework
  --dry-run                            shows what would run
Credentials are those of aws: AWS_PROFILE, aws configure, aws sso login. With kubectl, the cluster's context is its name: tilework k8s connect --context CLUSTER`;

const FLAGS = {
  ...COMMON,
  ...RELEASE,
  zones: { type: 'string' },
  bucket: { type: 'string' },
  nodes: { type: 'string' },
  'node-size': { type: 'string' },
  'control-plane-size': { type: 'string' },
  'volume-size': { type: 'string' },
  'admin-access': { type: 'string' },
  prices: { type: 'string' },
  yes: { type: 'boolean' },
  'with-bucket': { type: 'boolean' },
  'yes-delete': { type: 'string' },
} as const;

/** Its actions, and which flags are of some only. */
const OWN: Readonly<Record<string, readonly string[]>> = {
  up: [
    ...Object.keys(RELEASE).filter((flag) => !Object.hasOwn(TARGET, flag)),
    ...['nodes', 'node-size', 'control-plane-size', 'volume-size', 'admin-access', 'yes', 'prices'],
  ],
  status: ['prices'],
  down: ['with-bucket', 'yes-delete'],
};

/** `tilework aws`: a cluster on AWS, and what is on it. */
export const awsCommand = (args: readonly string[]): Promise<number> =>
  perform('aws', AWS_USAGE, () => parseAwsArgs(args));

/** @throws TypeError naming the flag and what it takes */
function parseAwsArgs(args: readonly string[]): Action | 'help' {
  const read = readArgs(args, FLAGS, OWN);
  if (read === 'help') return 'help';
  const { name, values } = read;
  const [cluster, ...rest] = read.rest;
  if (cluster === undefined || rest.length > 0)
    throw new TypeError(`${name} takes one name of a cluster, such as demo.k8s.local`);
  clusterName(cluster);
  const zones = values.zones?.split(',');
  if (zones !== undefined) regionOf(zones);
  const { namespace, release, bucket } = values;
  const target = { namespace, release };
  const place = { ...(zones !== undefined && { zones }), ...(bucket !== undefined && { bucket }) };
  const prices = values.prices === undefined ? PRICES : pricesOf(values.prices);
  const action = (run: Action['run']): Action => ({ name, dryRun: values['dry-run'] ?? false, run });
  switch (name) {
    case 'up': {
      const wanted = releaseOf(values);
      const nodes = maybeWhole('--nodes', values.nodes, 1);
      const volumeSize = maybeWhole('--volume-size', values['volume-size'], 10);
      const nodeSize = values['node-size'];
      const controlPlaneSize = values['control-plane-size'];
      const access = values['admin-access'];
      if (access !== undefined && access !== 'my-ip') network(access);
      const wish: Wish = {
        name: cluster,
        ...place,
        ...(nodes !== undefined && { nodes }),
        ...(volumeSize !== undefined && { volumeSize }),
        ...(nodeSize !== undefined && { nodeSize }),
        ...(controlPlaneSize !== undefined && { controlPlaneSize }),
      };
      return action(async (executor) => {
        const confirm = async (question: string): Promise<boolean> =>
          values.yes === true || confirmed(question, '--yes', executor.signal);
        const adminAccess = access === 'my-ip' ? await ownNetwork() : access && network(access);
        const said = { ...wish, ...(adminAccess !== undefined && { adminAccess }) };
        await awsUp(executor, { wish: said, prices, confirm, release: wanted });
      });
    }
    case 'status':
      return action(async (executor) =>
        awsStatus(executor, await known(executor, cluster, place), prices, target),
      );
    default: {
      const named = values['yes-delete'];
      if (named !== undefined && named !== cluster)
        throw new TypeError(`--yes-delete ${named}: the cluster is ${cluster}`);
      return action(async (executor) => {
        const confirm = async (question: string): Promise<void> => {
          if (named === undefined) await typed(question, cluster, `--yes-delete ${cluster}`, executor.signal);
        };
        const found = await known(executor, cluster, place);
        await awsDown(executor, { cluster: found, target, confirm, bucket: values['with-bucket'] ?? false });
      });
    }
  }
}

/** Where a cluster is: as it was begun on this machine, or as the user says. @throws TypeError where neither is so */
async function known(executor: Executor, name: string, { zones, bucket }: Pick<Wish, 'zones' | 'bucket'>) {
  const before = remembered(name);
  if (zones === undefined && before === undefined)
    throw new TypeError(
      `${name} was not begun on this machine: say --zones, and --bucket if it is not the usual one`,
    );
  const region = zones === undefined ? before!.region : regionOf(zones);
  const account = await accountOf(executor, region);
  if (before !== undefined && before.account !== account)
    throw new DeployError(
      `${name} is in account ${before.account}, and these credentials are of ${account}: AWS_PROFILE`,
    );
  return { name, region, account, bucket: bucket ?? before?.bucket ?? usualBucket(account, region) };
}

function pricesOf(file: string): Prices {
  const given = readJson(file);
  if (given === undefined) throw new TypeError(`--prices: there is no ${file}`);
  return pricesWith(given);
}

/** Amazon's own answer to the question where one comes from. */
const MY_IP = 'https://checkip.amazonaws.com';

/** The address under which this machine is seen outside, as a network. @throws DeployError where that cannot be found out */
async function ownNetwork(): Promise<string> {
  try {
    const answer = await fetch(MY_IP, { signal: AbortSignal.timeout(10_000) });
    return network((await answer.text()).trim());
  } catch (cause) {
    throw new DeployError(
      `--admin-access my-ip: ${MY_IP} does not say (${(cause as Error).message}); give the network`,
      { cause },
    );
  }
}
