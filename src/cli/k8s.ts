import { checkTarget, connect, down, report, scale, up } from '../deploy/index.js';
import { typed } from './ask.js';
import { type Action, COMMON, perform, RELEASE, readArgs, releaseOf, TARGET, wholeOf } from './deploy.js';

const K8S_USAGE = `tilework k8s up|status|connect|scale|down [options]     on any cluster that kubectl reaches
  up [--workers N] [--python N]        installs the chart, or brings it up to date, and waits until it runs
     --chart dask                      Dask's own chart with tilework's workers; with --workers 0 just as it comes
     --values FILE  --set NAME=VALUE   values of the chart, as helm takes them
     --timeout 15m
  status                               what there is, where, and what does not run
  connect [--directory DIR]            scheduler, dashboard and notebook on this machine, until Ctrl-C; writes certificates for programs
  scale N [--group node]               so many workers
  down [--yes-delete RELEASE]          removes the release; its load balancers and disks too

  --context NAME                       of the kubeconfig; default: the current one
  --namespace compute  --release tilework
  --dry-run                            shows what would run`;

const FLAGS = {
  ...COMMON,
  ...RELEASE,
  context: { type: 'string' },
  group: { type: 'string', default: 'node' },
  directory: { type: 'string' },
  'yes-delete': { type: 'string' },
} as const;

/** Its actions, and which flags are of one only. */
const OWN: Readonly<Record<string, readonly string[]>> = {
  up: Object.keys(RELEASE).filter((flag) => !Object.hasOwn(TARGET, flag)),
  status: [],
  connect: ['directory'],
  scale: ['group'],
  down: ['yes-delete'],
};

/** `tilework k8s`: a release on any cluster. */
export const k8sCommand = (args: readonly string[]): Promise<number> =>
  perform('k8s', K8S_USAGE, () => parseK8sArgs(args));

/** @throws TypeError naming the flag and what it takes */
function parseK8sArgs(args: readonly string[]): Action | 'help' {
  const read = readArgs(args, FLAGS, OWN);
  if (read === 'help') return 'help';
  const { name, rest, values } = read;
  if (rest.length !== (name === 'scale' ? 1 : 0))
    throw new TypeError(
      name === 'scale' ? 'scale takes one number of workers' : `${name} takes no ${rest.join(' ')}`,
    );
  const { context, namespace, release } = values;
  const target = checkTarget({ ...(context !== undefined && { context }), namespace, release });
  const action = (run: Action['run']): Action => ({ name, dryRun: values['dry-run'] ?? false, run });
  switch (name) {
    case 'up': {
      const options = { ...target, ...releaseOf(values) };
      return action((executor) => up(executor, options));
    }
    case 'status':
      return action((executor) => report(executor, target));
    case 'connect':
      return { ...action((executor) => connect(executor, target, values.directory)), untilInterrupted: true };
    case 'scale': {
      const replicas = wholeOf('scale', rest[0]!, 0);
      return action((executor) => scale(executor, target, values.group, replicas));
    }
    default:
      return action(async (executor) => {
        const named = values['yes-delete'];
        const question = `The release ${release} in ${namespace} and its disks are going to be deleted.`;
        if (named !== undefined && named !== release)
          throw new TypeError(`--yes-delete ${named}: the release is ${release}`);
        if (named === undefined && !executor.dryRun)
          await typed(question, release, `--yes-delete ${release}`, executor.signal);
        await down(executor, target);
      });
  }
}
