import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubernetesObject } from '../chart.js';
import { Container, type Image, type Mount } from '../container/index.js';
import { type Api, ApiError } from '../server/index.js';
import { environmentOf, expanded } from './environment.js';
import { type Network, NODE_ADDRESS, type PodNetwork } from './network.js';
import { probe } from './probe.js';
import { type PodState, statusOf } from './status.js';
import { makeVolumes } from './volumes.js';

/** What a node has for its pods. */
export interface Node {
  readonly api: Api;
  readonly network: Network;
  /** The image of a name such as `ghcr.io/dask/dask:2026.8.0`. */
  image(name: string): Image;
  readonly home: string;
  /** Files by which pods find addresses of names, those of Services. */
  readonly names: Readonly<Record<'/etc/hosts' | '/etc/resolv.conf', string>>;
  failed(error: unknown): void;
}

/** A pod of one container, from when it is bound to the node until it is gone. */
export class Pod {
  private readonly container: KubernetesObject;
  private readonly home: string;
  private readonly gone = new AbortController();
  private running?: Container;
  private net?: PodNetwork;
  private finished?: Promise<void>;
  private state: PodState = {
    phase: 'Pending',
    started: false,
    ready: false,
    restarts: 0,
    container: { waiting: { reason: 'ContainerCreating' } },
  };
  private told: Promise<unknown> = Promise.resolve();
  private logs = '';

  constructor(
    private readonly node: Node,
    private readonly pod: KubernetesObject,
  ) {
    const { containers, initContainers } = pod.spec;
    if (containers.length !== 1 || initContainers !== undefined)
      throw new Error(`pod ${pod.metadata.name}: this kubelet runs pods of one container`);
    this.container = containers[0];
    this.home = join(node.home, pod.metadata.uid);
  }

  /** What it has written, over all its containers. */
  get log(): string {
    return this.logs + (this.running?.log ?? '');
  }

  /** A process in its network. */
  get network(): number | undefined {
    return this.net?.pid;
  }

  /** Whether it is to go. */
  get leaving(): boolean {
    return this.gone.signal.aborted;
  }

  start(): void {
    this.finished = this.live();
    this.finished.catch(this.node.failed);
  }

  /** Ends it as a pod that is deleted: its hook first, then politely, for so many seconds in all. */
  async delete(grace: number): Promise<void> {
    this.gone.abort();
    const until = Date.now() + grace * 1_000;
    const hook: readonly string[] | undefined = this.container.lifecycle?.preStop?.exec.command;
    if (hook && this.running) {
      const env = this.environment();
      await Promise.race([
        this.running.exec(hook.map((word) => expanded(word, env))),
        sleep(grace * 1_000, undefined, { ref: false }),
      ]);
    }
    await this.running?.stop(Math.max(2_000, until - Date.now()));
    await this.finished;
    await this.told;
    this.net?.close();
    const { name, namespace, uid } = this.pod.metadata;
    const options = { gracePeriodSeconds: 0, preconditions: { uid } };
    await unlessGone(this.node.api.delete(`/api/v1/namespaces/${namespace}/pods/${name}`, options));
  }

  /** Ends it without a word, where nobody will ask for it. */
  kill(): void {
    this.gone.abort();
    this.running?.kill();
  }

  private async live(): Promise<void> {
    const volumes = await this.volumes();
    if (volumes === undefined) return;
    this.net = await this.node.network.pod();
    const { restartPolicy } = this.pod.spec;
    while (!this.leaving) {
      const container = this.begin(volumes);
      const probing = new AbortController();
      this.probe(container, probing.signal);
      const how = await container.ended;
      probing.abort();
      this.logs += container.log;
      this.running = undefined;
      const down = { started: false, ready: false };
      const again = restartPolicy === 'Always' || (restartPolicy === 'OnFailure' && how !== 0);
      const exitCode = typeof how === 'number' ? how : 137;
      const terminated = { exitCode, reason: how === 0 ? 'Completed' : 'Error' };
      if (this.leaving || !again) {
        this.set({ ...down, phase: how === 0 ? 'Succeeded' : 'Failed', container: { terminated } });
        return;
      }
      const waiting = { reason: 'CrashLoopBackOff' };
      this.set({ ...down, restarts: this.state.restarts + 1, container: { waiting } });
      // Kubernetes waits ten seconds.
      await sleep(1_000);
    }
  }

  /** Undefined where it is deleted before what they are made of is there. */
  private async volumes(): Promise<ReadonlyMap<string, string> | undefined> {
    while (!this.leaving) {
      try {
        return await makeVolumes(this.node.api, this.pod, join(this.home, 'volumes'));
      } catch (error) {
        // A node is told of what its pods need a moment after it is told of the pods.
        if (!(error instanceof ApiError && (error.code === 404 || error.code === 403))) throw error;
        this.set({ container: { waiting: { reason: 'ContainerCreating', message: error.message } } });
        await sleep(200);
      }
    }
    return undefined;
  }

  private begin(volumes: ReadonlyMap<string, string>): Container {
    const { container, pod } = this;
    const { command, args = [], securityContext = {}, volumeMounts = [] } = container;
    const env = this.environment();
    const mounts: Mount[] = volumeMounts.map(({ name, mountPath, readOnly = false }: KubernetesObject) => ({
      source: volumes.get(name),
      place: mountPath,
      readOnly,
    }));
    for (const [place, source] of Object.entries(this.node.names))
      mounts.push({ source, place, readOnly: true });
    this.running = new Container(this.node.image(container.image), {
      home: this.home,
      command: command?.map((word: string) => expanded(word, env)),
      args: args.map((word: string) => expanded(word, env)),
      env,
      // What is inside of another comes after it.
      mounts: mounts.sort((a, b) => a.place.length - b.place.length),
      readOnly: securityContext.readOnlyRootFilesystem ?? false,
      network: this.net!.pid,
      user: securityContext.runAsUser ?? pod.spec.securityContext?.runAsUser,
    });
    const startedAt = new Date().toISOString().replace(/\.\d+/, '');
    this.set({ phase: 'Running', container: { running: { startedAt } } });
    return this.running;
  }

  private environment(): Record<string, string> {
    const status = { podIP: this.net!.address, hostIP: NODE_ADDRESS };
    return environmentOf(this.container, { ...this.pod, status });
  }

  private probe(container: Container, signal: AbortSignal): void {
    const { startupProbe, readinessProbe, livenessProbe } = this.container;
    const probed = { address: this.net!.address, container: this.container };
    const begin = (spec: KubernetesObject, until: AbortSignal, tell: (passes: boolean) => void): void => {
      probe(probed, spec, until, tell).catch(this.node.failed);
    };
    const restart = (): void => void container.stop(30_000);
    const up = (): void => {
      this.set({ started: true, ready: readinessProbe === undefined });
      if (readinessProbe) begin(readinessProbe, signal, (ready) => this.set({ ready }));
      if (livenessProbe) begin(livenessProbe, signal, (passes) => passes || restart());
    };
    if (startupProbe === undefined) {
      up();
      return;
    }
    const starting = new AbortController();
    begin(startupProbe, AbortSignal.any([signal, starting.signal]), (passes) => {
      starting.abort();
      if (passes) up();
      else restart();
    });
  }

  private set(change: Partial<PodState>): void {
    const before = this.state;
    this.state = { ...before, ...change };
    if (JSON.stringify(this.state) !== JSON.stringify(before)) this.tell();
  }

  /** Tells the API server how it is, in order. */
  private tell(): void {
    const { name, namespace, uid } = this.pod.metadata;
    const status = statusOf(this.pod, this.state, this.net?.address);
    const path = `/api/v1/namespaces/${namespace}/pods/${name}/status`;
    this.told = this.told
      .then(() => unlessGone(this.node.api.patch(path, { metadata: { uid }, status })))
      .catch(this.node.failed);
  }
}

/** What is deleted by force needs to be told nothing more; another of its name may be there already. */
async function unlessGone(answer: Promise<unknown>): Promise<void> {
  await answer.catch((error) => {
    if (!(error instanceof ApiError && (error.code === 404 || error.code === 409))) throw error;
  });
}
