import { rmSync } from 'node:fs';
import type { Executor } from '../executor.js';
import type { Step } from '../step.js';
import { CHARTS, type Chart } from './charts.js';
import { configurationDirectory } from './configuration.js';
import { installed } from './find.js';
import { helm, kubectl, type Target } from './target.js';

/** Removes a release, and what costs money and would stay: load balancers and disks. All is gone when it resolves. */
export async function down(executor: Executor, target: Target): Promise<void> {
  const found = await installed(executor, target);
  if (found === undefined) executor.say(`   there is no release ${target.release} in ${target.namespace}`);
  const chart = found?.chart ?? CHARTS.tilework();
  await executor.execute([...(found === undefined ? [] : [uninstall(target)]), ...rest(target, chart)]);
  if (!executor.dryRun) rmSync(configurationDirectory(target), { recursive: true, force: true });
}

const uninstall = (target: Target): Step => ({
  title: `release ${target.release} in ${target.namespace} is uninstalled`,
  command: helm(target, 'uninstall', target.release, '--ignore-not-found', '--wait', '--timeout', '10m'),
});

/** What helm leaves, by its own rules or those of a chart. */
function rest(target: Target, chart: Chart): readonly Step[] {
  const selector = `${chart.label}=${target.release}`;
  return [
    {
      title: 'its pods have ended: workers may have to give away what they hold',
      command: kubectl(target, 'wait', '--for=delete', 'pods', '--selector', selector, '--timeout', '10m'),
      progress: (line) => line,
    },
    {
      title: 'its services and disks are gone',
      command: kubectl(
        target,
        ...['delete', 'services,persistentvolumeclaims', '--selector', selector],
        ...['--ignore-not-found', '--wait', '--timeout', '10m'],
      ),
    },
  ];
}
