import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { pythonOf, runScript } from '../../support/scripts.js';

export const CHART = path.resolve(import.meta.dirname, '../../../deploy/chart');
export const NAMESPACE = 'compute';

/** Groups of kinds that other projects define. */
export const OF_OTHERS: ReadonlySet<string> = new Set(['cert-manager.io/v1', 'monitoring.coreos.com/v1']);

export type Values = Readonly<Record<string, unknown>>;
export interface Binaries {
  readonly helm: string;
  readonly kubectl: string;
}
/** An object as it is rendered: what tests read of it they know. */
// biome-ignore lint/suspicious/noExplicitAny: Kubernetes' objects are checked against its schemas, not by the compiler.
export type KubernetesObject = Record<string, any>;

const found = runScript('the Helm chart', 'tools/kubernetes.mjs');
/** Undefined where they cannot be fetched, which is an error in CI. */
export const TOOLS: Readonly<Record<'helm3' | 'helm4', Binaries>> | undefined =
  found === undefined ? undefined : JSON.parse(found);
/** Both generations of helm, for `describe.each`; none where they cannot be fetched. */
export const HELMS: readonly (readonly [name: string, binaries: Binaries])[] = Object.entries(TOOLS ?? {});

/** The python that validates objects and has Jupyter and the Dask operator. */
export const kubernetesPython = (): string | undefined =>
  pythonOf('Kubernetes', 'kubernetes', 'test/kubernetes/requirements.txt');

const execute = promisify(execFile);

/** Runs a program with `input`; rejects with what it said. */
export async function run(command: string, args: readonly string[], input = ''): Promise<string> {
  const pending = execute(command, [...args], { maxBuffer: 2 ** 28 });
  pending.child.stdin!.on('error', () => {});
  pending.child.stdin!.end(input);
  return (await pending).stdout;
}

/** What helm says of the chart with these values: everything that an installation would create, and nothing is. */
export async function template(
  { helm }: Binaries,
  values: Values = {},
  { release = 'my', chart = CHART, args = [] as readonly string[] } = {},
): Promise<KubernetesObject[]> {
  const text = await run(
    helm,
    ['template', release, chart, '--namespace', NAMESPACE, '--values', '-', ...args],
    JSON.stringify(values),
  );
  return objectsOf(text);
}

/** The objects of a text. @throws for what is no YAML, and for keys that are there twice */
export function objectsOf(text: string): KubernetesObject[] {
  const documents = parseAllDocuments(text, { uniqueKeys: true });
  if (!Array.isArray(documents)) return [];
  return documents
    .map((document) => {
      if (document.errors.length > 0) throw document.errors[0];
      return document.toJS() as KubernetesObject | null;
    })
    .filter((object) => object !== null);
}

/** The notes that helm prints after an installation with these values. @param args by which it finds a cluster where nothing is installed */
export async function notes({ helm }: Binaries, values: Values, args: readonly string[]): Promise<string> {
  const install = ['install', 'my', CHART, '--namespace', NAMESPACE, '--values', '-', ...args];
  const said = await run(helm, install, JSON.stringify(values));
  return said.slice(said.indexOf('NOTES:'));
}

export function find(objects: readonly KubernetesObject[], kind: string, name: string): KubernetesObject {
  const object = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (object === undefined)
    throw new Error(
      `no ${kind} ${name} among ${objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)}`,
    );
  return object;
}

export const ofKind = (objects: readonly KubernetesObject[], kind: string): KubernetesObject[] =>
  objects.filter((object) => object.kind === kind);

/** The specifications of all pods that the objects make, by the name of what makes them. */
export function podsOf(
  objects: readonly KubernetesObject[],
): (readonly [name: string, spec: KubernetesObject])[] {
  return objects.flatMap((object) => {
    const spec = object.kind === 'Pod' ? object.spec : object.spec?.template?.spec;
    return spec === undefined ? [] : [[`${object.kind} ${object.metadata.name}`, spec] as const];
  });
}
