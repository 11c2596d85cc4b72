import type { Executor } from '../executor.js';
import { type Installed, mustBeInstalled, objects } from './find.js';
import type { Release, Service } from './release.js';
import type { Target } from './target.js';

/** Says what there is of a release, and how to reach it. */
export async function report(executor: Executor, target: Target): Promise<void> {
  const found = await mustBeInstalled(executor, target);
  const release = await objects(executor, target, found.chart);
  for (const line of statusLines(target, found, release)) executor.say(line);
}

/** A release in lines. */
function statusLines(target: Target, found: Installed, release: Release): readonly string[] {
  const { name, version, revision, status } = found;
  const jupyter = release.services.find(({ component }) => component === 'jupyter');
  return [
    `release ${target.release} in ${target.namespace}: ${status}, revision ${revision} of the chart ${name} ${version}`,
    ...release.parts.map(
      ({ component, group, ready, wanted }) =>
        `   ${`${component} ${group}`.trim().padEnd(18)} ${ready} of ${wanted} ready`,
    ),
    ...release.troubles.map((trouble) => `   ${trouble}`),
    'services',
    ...release.services.map((service) => `   ${serviceLine(service)}`),
    'programs and notebook',
    `   tilework k8s connect${flags(target)}`,
    ...(jupyter === undefined ? [] : notebookLines(target, jupyter, name === 'tilework')),
  ];
}

function serviceLine({ name, type, ports, address }: Service): string {
  const open = type === 'LoadBalancer' ? (address ?? 'its address is awaited') : 'inside the cluster';
  return `${name.padEnd(28)} ${type.padEnd(12)} ${ports
    .map(({ port }) => port)
    .join(', ')
    .padEnd(12)} ${open}`;
}

function notebookLines(
  { namespace, context }: Target,
  { name, type, ports, address }: Service,
  ours: boolean,
): readonly string[] {
  const where = `--namespace ${namespace}${context === undefined ? '' : ` --context ${context}`}`;
  return [
    ...(type === 'LoadBalancer' && address !== undefined
      ? [`   notebook: http://${address}:${ports[0]?.port ?? 80}`]
      : ['   notebook: by the same command, at the address that it prints']),
    ...(ours
      ? [
          `   its password: kubectl get secret ${name} ${where} -o go-template='{{.data.password | base64decode}}'`,
        ]
      : ["   its password: `dask`, by that chart's default, which the whole world knows"]),
  ];
}

/** Flags by which another command is about the same release. */
const flags = ({ context, namespace, release }: Target): string =>
  [
    ...(context === undefined ? [] : [' --context ', context]),
    ...(namespace === 'compute' ? [] : [' --namespace ', namespace]),
    ...(release === 'tilework' ? [] : [' --release ', release]),
  ].join('');
