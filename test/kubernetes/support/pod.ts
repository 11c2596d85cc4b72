import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach } from 'vitest';
import { find, type KubernetesObject } from './chart.js';

const ROOT = join(import.meta.dirname, '../../..');
const CLI = join(ROOT, 'dist/esm/cli.js');

/** Over all worlds of this process: each pod has an address of its own. */
let count = 0;
const started: Pod[] = [];
const homes: string[] = [];

const show = (): void => {
  for (const pod of started) console.error(`── ${pod.name}\n${pod.log.slice(-3_000)}`);
};
const end = async (): Promise<void> => {
  await Promise.all(started.splice(0).map((pod) => pod.kill()));
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true });
};
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') show();
  await end();
});
// What is there still was started by a hook that failed, before any test.
afterAll(async () => {
  show();
  await end();
});

/** The world in which the pods of a test run, as long as it does: a loopback address for each pod, and what names mean. */
export class Pods {
  /** Names of services, and the addresses that stand for them. */
  readonly names = new Map<string, string>();
  private readonly home = mkdtempSync(join(tmpdir(), 'tilework-pods-'));

  constructor(
    private readonly objects: readonly KubernetesObject[],
    /** The python whose Dask and Jupyter the images have. */
    private readonly python: string,
  ) {
    homes.push(this.home);
  }

  /**
   * Starts the first container of a pod's template as a process, with exactly its arguments and environment: names of services become addresses,
   * paths of volumes directories with what Secrets and ConfigMaps have. What listens on all of its pod's addresses listens on its one.
   *
   * @param args further ones for an address: here not each pod has a network of its own, where it may listen everywhere
   */
  start(name: string, template: KubernetesObject, args: (ip: string) => readonly string[] = () => []): Pod {
    count++;
    const ip = `127.${(process.pid >> 8) & 255}.${process.pid & 255}.${count}`;
    const home = join(this.home, `${name}-${count}`);
    const [container] = template.spec.containers;
    const paths = this.mount(home, template.spec, container);
    const here = (text: string): string => {
      let replaced = text;
      for (const [from, to] of [...paths, ...this.names]) replaced = replaced.replaceAll(from, to);
      return replaced.replace(/^(--dashboard-address=|):(\d+)$/, `$1${ip}:$2`);
    };
    this.writeFiles(paths, template.spec, here);
    const fields: Readonly<Record<string, string>> = {
      'metadata.name': `${name}-${count}`,
      'status.podIP': ip,
    };
    const environment: Record<string, string> = {};
    for (const { name, value = '', valueFrom } of container.env ?? [])
      environment[name] = here(valueFrom ? fields[valueFrom.fieldRef.fieldPath]! : value);
    const expand = (text: string): string => text.replace(/\$\((\w+)\)/g, (_, name) => environment[name]!);
    const run = (words: readonly string[], more: readonly string[] = []): ChildProcess => {
      const [command, ...rest] = words.map(expand).map(here);
      const [program, ...first] = this.programOf(command!);
      return spawn(program!, [...first, ...rest, ...more], {
        cwd: ROOT,
        env: { PATH: process.env.PATH, ...environment },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    };
    const child = run([...(container.command ?? []), ...container.args], args(ip));
    const hook: readonly string[] | undefined = container.lifecycle?.preStop?.exec.command;
    const preStop = hook && (async () => void (await once(run(hook), 'exit')));
    const pod = new Pod(`${name}-${count}`, ip, container, child, preStop);
    started.push(pod);
    return pod;
  }

  /** What a command of the images is here. */
  private programOf(command: string): readonly string[] {
    const bin = dirname(this.python);
    switch (command) {
      case 'dask':
      case 'dask-scheduler':
      case 'dask-worker':
      case 'jupyter':
        return [this.python, '-B', join(bin, command)];
      case 'python':
        return [this.python];
      case 'node':
        return [process.execPath];
      case 'tilework':
        return [process.execPath, CLI];
      case 'tilework-worker':
        return [process.execPath, CLI, 'worker'];
      default:
        throw new Error(`no image has a command ${command}`);
    }
  }

  private mount(home: string, spec: KubernetesObject, container: KubernetesObject): Map<string, string> {
    const paths = new Map<string, string>();
    // Longer paths first: one may begin with another.
    const mounts = [...(container.volumeMounts ?? [])].sort(
      (a: KubernetesObject, b: KubernetesObject) => b.mountPath.length - a.mountPath.length,
    );
    for (const { name, mountPath } of mounts) {
      if (!spec.volumes.some((volume: KubernetesObject) => volume.name === name))
        throw new Error(`no volume ${name}`);
      const directory = join(home, name);
      mkdirSync(directory, { recursive: true });
      // /tmp is in the paths of all others.
      if (mountPath !== '/tmp') paths.set(mountPath, directory);
    }
    return paths;
  }

  private writeFiles(
    paths: ReadonlyMap<string, string>,
    spec: KubernetesObject,
    here: (text: string) => string,
  ): void {
    for (const { name, secret, configMap } of spec.volumes ?? []) {
      const directory = [...paths.values()].find((path) => path.endsWith(`/${name}`));
      if (directory === undefined) continue;
      const data: Record<string, string> = secret
        ? Object.fromEntries(
            Object.entries<string>(find(this.objects, 'Secret', secret.secretName).data).map(
              ([key, value]) => [key, Buffer.from(value, 'base64').toString()],
            ),
          )
        : configMap
          ? find(this.objects, 'ConfigMap', configMap.name).data
          : {};
      for (const [file, text] of Object.entries(data))
        writeFileSync(join(directory, file), here(text), { mode: 0o600 });
    }
  }
}

/** A container that runs as a process. */
export class Pod {
  log = '';
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;

  constructor(
    readonly name: string,
    readonly ip: string,
    private readonly container: KubernetesObject,
    private readonly child: ChildProcess,
    private readonly preStop?: () => Promise<void>,
  ) {
    const take = (chunk: Buffer): void => {
      this.log += chunk.toString();
    };
    child.stdout!.on('data', take);
    child.stderr!.on('data', take);
    this.ended = new Promise((resolve) => {
      child.on('error', (error) => {
        this.log += String(error);
        resolve(127);
      });
      child.on('close', (code, signal) => resolve(code ?? signal!));
    });
  }

  /** What a probe of it finds by HTTP; undefined where nothing answers in time. */
  async probe(
    name: 'startupProbe' | 'readinessProbe' | 'livenessProbe',
    timeoutMs = 60_000,
  ): Promise<number | undefined> {
    const { path, port } = this.container[name].httpGet;
    const number = this.container.ports.find((named: KubernetesObject) => named.name === port)?.containerPort;
    const url = `http://${this.ip}:${number ?? port}${path}`;
    return fetch(url, { signal: AbortSignal.timeout(timeoutMs) }).then(
      ({ status }) => status,
      () => undefined,
    );
  }

  /** Waits as a kubelet does until the startup probe finds what it looks for, or a line of the log does. */
  async up(line?: RegExp): Promise<this> {
    let over: number | NodeJS.Signals | undefined;
    void this.ended.then((code) => {
      over = code;
    });
    for (;;) {
      if (over !== undefined) throw new Error(`${this.name} ended with ${over}:\n${this.log}`);
      if (line ? line.test(this.log) : (await this.probe('startupProbe')) === 200) return this;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Ends it as Kubernetes does: by its hook if there is one, then by SIGTERM. Resolves to how it ended. */
  async retired(): Promise<number | NodeJS.Signals> {
    await this.preStop?.();
    this.child.kill('SIGTERM');
    return this.ended;
  }

  async kill(): Promise<void> {
    // A supervisor's worker ends with it.
    this.child.kill('SIGKILL');
    await this.ended;
  }
}
