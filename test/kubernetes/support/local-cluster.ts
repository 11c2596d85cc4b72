import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Image, MEMORY, systemWith } from './container/index.js';
import { Kubelet, Network, NODE_ADDRESS, SERVICE_RANGE } from './kubelet/index.js';
import { type Api, ControlPlane } from './server/index.js';

const ROOT = join(import.meta.dirname, '../../..');

/** The binary of the control plane, in namespaces that `npm run test:kubernetes` makes; undefined elsewhere. */
export const CONTROL_PLANE: string | undefined = process.env.TILEWORK_KUBERNETES;

/** A Kubernetes cluster of one node, whose pods are processes. */
export class LocalCluster {
  readonly api: Api;
  readonly kubeconfig: string;

  private constructor(
    private readonly home: string,
    private readonly network: Network,
    readonly plane: ControlPlane,
    readonly kubelet: Kubelet,
  ) {
    this.api = plane.api('admin');
    this.kubeconfig = plane.kubeconfig('admin');
  }

  /** @param python whose Dask the scheduler's image has @param notebook the python of the notebook's */
  static async start(binary: string, python: string, notebook: string): Promise<LocalCluster> {
    const home = mkdtempSync(join(MEMORY, 'tilework-kubernetes-'));
    const network = new Network();
    const plane = await ControlPlane.start(binary, join(home, 'plane'), NODE_ADDRESS, SERVICE_RANGE);
    const images = imagesOf(join(home, 'images'), python, notebook);
    const kubelet = await Kubelet.start(plane, network, join(home, 'pods'), (name) => {
      const image = images[name.replace(/[:@].*/, '')];
      if (image === undefined) throw new Error(`no image ${name}`);
      return image;
    });
    return new LocalCluster(home, network, plane, kubelet);
  }

  /** @throws what has gone wrong in it, beside what was asked of it */
  check(): void {
    this.plane.check();
    this.kubelet.check();
  }

  async stop(): Promise<void> {
    this.api.close();
    await this.kubelet.stop();
    this.plane.stop();
    this.network.close();
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** What stands for the images that the chart names: this machine's system, with Dask, Jupyter, or this clone of tilework. */
function imagesOf(home: string, python: string, notebook: string): Readonly<Record<string, Image>> {
  const layer = (name: string): string => join(home, name);
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin' };
  // By modules: the first lines of scripts name the place where an environment was made.
  const ofPython = (modules: Readonly<Record<string, string>>) => ({
    python: ['/opt/python/bin/python'],
    ...Object.fromEntries(
      Object.entries(modules).map(([name, module]) => [name, ['/opt/python/bin/python', '-m', module]]),
    ),
  });
  const workdir = '/opt/tilework';
  const cli = [process.execPath, `${workdir}/dist/esm/cli.js`];
  const worker = { node: [process.execPath], tilework: cli, 'tilework-worker': [...cli, 'worker'] };
  const environment = (python: string): string => realpathSync(dirname(dirname(python)));
  return {
    'ghcr.io/dask/dask': systemWith(
      layer('dask'),
      { '/opt/python': environment(python) },
      ofPython({ dask: 'dask' }),
      {
        env,
      },
    ),
    'ghcr.io/tilework/worker': systemWith(layer('worker'), { [workdir]: ROOT }, worker, { env, workdir }),
    'ghcr.io/tilework/notebook': systemWith(
      layer('notebook'),
      { [workdir]: ROOT, '/opt/python': environment(notebook) },
      { ...worker, ...ofPython({ jupyter: 'jupyter', 'jupyter-lab': 'jupyterlab' }) },
      { env, workdir },
    ),
  };
}
