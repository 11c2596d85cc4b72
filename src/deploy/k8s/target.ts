import { labelName, releaseName } from '../names.js';
import type { Command } from '../step.js';

/** A release in a namespace of a cluster. */
export interface Target {
  /** Of the kubeconfig; undefined: the current one. */
  readonly context?: string;
  readonly namespace: string;
  readonly release: string;
}

/** @throws TypeError naming what is of no use */
export function checkTarget(target: Target): Target {
  labelName('namespace', target.namespace);
  releaseName(target.release);
  if (target.context?.startsWith('-'))
    throw new TypeError(`context ${target.context}: no context is called so`);
  return target;
}

export const helm = ({ context, namespace }: Target, ...args: readonly string[]): Command => ({
  program: 'helm',
  args: [...args, '--namespace', namespace, ...(context === undefined ? [] : ['--kube-context', context])],
});

/** A command of kubectl in the release's namespace. */
export const kubectl = (target: Target, ...args: readonly string[]): Command =>
  anywhere(target, ...args, '--namespace', target.namespace);

/** A command of kubectl for the whole cluster. */
export const anywhere = ({ context }: Pick<Target, 'context'>, ...args: readonly string[]): Command => ({
  program: 'kubectl',
  args: [...args, ...(context === undefined ? [] : ['--context', context])],
});
