import { DeployError } from './errors.js';
import type { Answer, Command, Program } from './step.js';

interface Tool {
  readonly version: readonly string[];
  /** The oldest version that understands what is asked of it. */
  readonly least: readonly [major: number, minor: number];
  readonly install: string;
}

const TOOLS: Readonly<Record<Program, Tool>> = {
  aws: {
    version: ['--version'],
    least: [1, 32],
    install:
      'brew install awscli, or https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html',
  },
  kops: {
    version: ['version', '--short'],
    least: [1, 29],
    install: 'brew install kops, or https://kops.sigs.k8s.io/getting_started/install/',
  },
  helm: {
    version: ['version', '--short'],
    least: [3, 14],
    install: 'brew install helm, or https://helm.sh/docs/intro/install/',
  },
  kubectl: {
    version: ['version', '--client', '--output=json'],
    least: [1, 27],
    install: 'brew install kubectl, or https://kubernetes.io/docs/tasks/tools/',
  },
};

const CLUSTERS = 'kubectl config get-contexts lists those there are, and --context names one';
const LOGIN = 'log in to AWS again: aws configure, aws sso login, or another AWS_PROFILE';

/** What failures of tools mean, whatever was asked of them, by what they say then. */
const REMEDIES: readonly (readonly [said: RegExp, remedy: string])[] = [
  [/context "?[^\s"]*"? does not exist/, `There is no such cluster: ${CLUSTERS}.`],
  [
    /unable to locate credentials|expiredtoken|invalidclienttokenid|token has expired/i,
    `No credentials for AWS: ${LOGIN}.`,
  ],
  [
    /unauthorized|must be logged in|asked for the client to provide credentials/i,
    'The cluster does not know these credentials, or no more: log in to it again (kops export kubeconfig --admin makes new ones where kops made it).',
  ],
  [
    /cluster unreachable|unable to connect to the server|connection to the server \S+ was refused|i\/o timeout/i,
    `No cluster answers: ${CLUSTERS}.`,
  ],
  [/forbidden/i, 'These credentials may not do that: ask who may, or take another --context.'],
];

export const remedyOf = (said: string): string | undefined => REMEDIES.find(([is]) => is.test(said))?.[1];

/** What to do where a tool is not there. */
export const missing = (program: Program): DeployError =>
  new DeployError(`${program} is not on the PATH: ${TOOLS[program].install}`);

export const versionCommand = (program: Program): Command => ({ program, args: TOOLS[program].version });

/** The version in what a tool says of itself. @throws DeployError where it is too old */
export function versionOf(program: Program, { stdout, stderr }: Answer): string {
  const [, version, major, minor] = /v?((\d+)\.(\d+)[\w.+-]*)/.exec(stdout + stderr) ?? [];
  if (version === undefined) throw new DeployError(`${program} does not say its version: ${stdout}${stderr}`);
  const { least, install } = TOOLS[program];
  const isNew = Number(major) > least[0] || (Number(major) === least[0] && Number(minor) >= least[1]);
  if (isNew) return version;
  throw new DeployError(`${program} ${version} is older than ${least.join('.')}: ${install}`);
}
