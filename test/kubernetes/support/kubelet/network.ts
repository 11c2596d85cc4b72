import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';

/** Of 198.18.0.0/15, which is for tests of networks. */
export const NODE_ADDRESS = '198.18.0.1';
export const SERVICE_RANGE = '198.19.0.0/24';
/** The first of them, which is the API server's. */
export const KUBERNETES_ADDRESS = '198.19.0.1';
const BRIDGE = 'tilework';

/** The network of a node: one for each pod, with an address of its own on a bridge, and addresses of Services, behind which pods are. */
export class Network {
  private pods = 0;
  private readonly holders = new Set<ChildProcess>();
  private readonly services = new Map<string, Server>();
  /** Of Services that there are or were. */
  private readonly addresses = new Set<string>();

  constructor() {
    ip('link set lo up');
    ip(`link add ${BRIDGE} type bridge`);
    ip(`addr add ${NODE_ADDRESS}/24 dev ${BRIDGE}`);
    ip(`link set ${BRIDGE} up`);
  }

  /** A network for a pod, which is that of a process that does nothing. */
  async pod(): Promise<PodNetwork> {
    const holder = spawn('unshare', ['--net', 'sh', '-c', 'echo ready; exec cat'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.holders.add(holder);
    await once(holder.stdout, 'data');
    const pid = holder.pid!;
    const number = ++this.pods;
    const address = `198.18.0.${number + 1}`;
    // Another process's may be there for a moment after it has ended.
    const link = `pod${process.pid}-${number}`;
    ip(`link add ${link} type veth peer name eth0 netns ${pid}`);
    ip(`link set ${link} master ${BRIDGE} up`);
    const inside = ['--target', String(pid), '--net', 'ip'];
    for (const words of [
      'link set lo up',
      `addr add ${address}/24 dev eth0`,
      'link set eth0 up',
      `route add default via ${NODE_ADDRESS}`,
    ])
      execFileSync('nsenter', [...inside, ...words.split(' ')]);
    const close = (): void => {
      holder.kill('SIGKILL');
      this.holders.delete(holder);
    };
    return { address, pid, close };
  }

  /** Takes connections to a Service's address to one of the pods behind it, as they are when it is made. @param find where to now */
  serve(
    address: string,
    port: number,
    find: () => readonly [address: string, port: number] | undefined,
  ): void {
    if (this.services.has(`${address}:${port}`)) return;
    this.have(address);
    const server = createServer((client) => {
      const behind = find();
      client.on('error', () => {});
      if (behind === undefined) {
        client.resetAndDestroy();
        return;
      }
      const pod = connect({ host: behind[0], port: behind[1] });
      pod.on('error', () => client.resetAndDestroy());
      client.on('close', () => pod.destroy());
      pod.on('close', () => client.destroy());
      client.pipe(pod).pipe(client);
    });
    server.listen(port, address);
    this.services.set(`${address}:${port}`, server);
  }

  /** Refuses connections to a Service's address. Those there are go on, as they do where kube-proxy has forgotten a Service. */
  unserve(address: string, port: number): void {
    const key = `${address}:${port}`;
    this.have(address);
    this.services.get(key)?.close();
    this.services.delete(key);
  }

  private have(address: string): void {
    if (!this.addresses.has(address)) ip(`addr add ${address}/32 dev ${BRIDGE}`);
    this.addresses.add(address);
  }

  close(): void {
    for (const server of this.services.values()) server.close();
    for (const holder of this.holders) holder.kill('SIGKILL');
    ip(`link del ${BRIDGE}`);
  }
}

export interface PodNetwork {
  readonly address: string;
  readonly pid: number;
  close(): void;
}

const ip = (words: string): void => void execFileSync('ip', words.split(' '));
