import { DeployError } from '../errors.js';
import type { Executor } from '../executor.js';
import { labelName } from '../names.js';
import { mustBeInstalled, objects } from './find.js';
import { checkTarget, kubectl, type Target } from './target.js';

/** Has a group of workers be so many, and waits until they are: what those hold that go is given to others first. */
export async function scale(
  executor: Executor,
  target: Target,
  group: string,
  replicas: number,
): Promise<void> {
  checkTarget(target);
  labelName('group', group);
  const { chart } = await mustBeInstalled(executor, target);
  const { parts } = await objects(executor, target, chart);
  const workers = parts.filter(({ component }) => component === 'worker');
  const part = workers.find((one) => one.group === group);
  if (part === undefined)
    throw new DeployError(
      `there is no group ${group}: ${workers.length > 0 ? `there are ${workers.map((one) => one.group).join(', ')}` : 'the release has no workers'}`,
    );
  await executor.execute([
    {
      title: `${group}: ${part.wanted} to ${replicas} workers`,
      command: kubectl(target, 'scale', `deployment/${part.deployment}`, `--replicas=${replicas}`),
    },
    {
      title: 'they are ready',
      command: kubectl(target, 'rollout', 'status', `deployment/${part.deployment}`, '--timeout=10m'),
      progress: (line) => line,
    },
  ]);
}
