import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { afterAll } from 'vitest';

/** A machine of its own, as far as the network goes. */
export interface Host {
  readonly address: string;
  /** Words before a command that is to run there. */
  readonly under: readonly string[];
}

/**
 * Several hosts on this machine: network namespaces, whose only ways to one another lead over a router, which is another. Each namespace is that of a
 * process that ends with this one, and nothing of it is left then. Packets that may not pass are dropped without a word, as on a
 * broken line, unless said.
 */
export class Network {
  readonly hosts: readonly Host[];
  /** This process, as those hosts see it. */
  readonly outside: Host;
  private readonly holders: ChildProcess[];

  private constructor(
    private readonly router: ChildProcess,
    private readonly net: string,
    private readonly spaces: readonly ChildProcess[],
  ) {
    this.holders = [router, ...spaces];
    this.outside = { address: this.at(0), under: [] };
    this.hosts = spaces.map(({ pid }, i) => ({ address: this.at(i + 1), under: within(pid!) }));
  }

  /** Makes hosts that all reach one another, and this process. */
  static async open(hosts: number): Promise<Network> {
    // Of 198.18.0.0/15, which is for tests of networks: each process its own.
    const number = process.pid % 512;
    const holders = await Promise.all(Array.from({ length: hosts + 1 }, hold));
    const network = new Network(holders[0]!, `198.${18 + (number >> 8)}.${number & 255}`, holders.slice(1));
    open.add(network);
    network.wire();
    return network;
  }

  /** Nothing passes between two hosts any more. */
  cut(a: Host, b: Host): void {
    this.rules('add', a, b);
  }

  mend(a: Host, b: Host): void {
    this.rules('del', a, b);
  }

  /** Two hosts have no way to one another, and know it. */
  refuse(a: Host, b: Host): void {
    sh(`ip route add unreachable ${b.address}`, a.under);
    sh(`ip route add unreachable ${a.address}`, b.under);
  }

  /** A host's line goes down, or comes up again. */
  set(host: Host, state: 'down' | 'up'): void {
    this.route(`ip link set host${this.hosts.indexOf(host) + 1} ${state}`);
  }

  close(): void {
    open.delete(this);
    for (const holder of this.holders) holder.kill('SIGKILL');
  }

  private wire(): void {
    this.route('ip link set lo up; echo 1 > /proc/sys/net/ipv4/ip_forward');
    const outside = `tilework${process.pid % 512}`;
    this.line(0, outside, '1');
    sh(`ip addr add ${this.at(0)}/31 dev ${outside}; ip link set ${outside} up
      ip route add ${this.net}.0/24 via ${this.gateway(0)}`);
    for (const [i, { pid }] of this.spaces.entries()) {
      this.line(i + 1, 'eth0', String(pid));
      run(
        pid!,
        `ip addr add ${this.at(i + 1)}/31 dev eth0; ip link set eth0 up; ip link set lo up
        ip route add default via ${this.gateway(i + 1)}`,
      );
    }
  }

  /** From the router to an interface in another namespace. */
  private line(i: number, name: string, space: string): void {
    this.route(`ip link add host${i} type veth peer name ${name} netns ${space}
      ip addr add ${this.gateway(i)}/31 dev host${i}; ip link set host${i} up`);
  }

  private rules(verb: 'add' | 'del', a: Host, b: Host): void {
    this.route(`ip rule ${verb} from ${a.address} to ${b.address} blackhole
      ip rule ${verb} from ${b.address} to ${a.address} blackhole`);
  }

  private route(script: string): void {
    run(this.router.pid!, script);
  }

  /** Of a host, or of this process, which is number 0. */
  private at(i: number): string {
    return `${this.net}.${2 * i + 1}`;
  }

  private gateway(i: number): string {
    return `${this.net}.${2 * i}`;
  }
}

/**
 * Why there can be no such hosts here, in a line; '' where there can. In CI it is an error where root has not been let try, or `ip` is missing; not
 * where the system refuses root.
 */
export const cannot = ((): string => {
  const script =
    'command -v ip || exit 9; ip link add one type veth peer name two; echo 1 > /proc/sys/net/ipv4/ip_forward';
  const { status, error, stderr } = spawnSync('unshare', ['--net', 'sh', '-ec', script], {
    encoding: 'utf8',
  });
  if (status === 0) return '';
  const why = `no hosts of their own here: ${status === 9 ? 'there is no ip (iproute2)' : (error?.message ?? stderr.trim())}`;
  if (process.env.CI && (status === 9 || process.getuid?.() !== 0)) throw new Error(why);
  return why;
})();

const within = (pid: number): string[] => ['nsenter', '--target', String(pid), '--net'];

/** A process in a new namespace, which ends when its standard input does. */
async function hold(): Promise<ChildProcess> {
  const holder = spawn('unshare', ['--net', 'sh', '-c', 'echo ready; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(holder.stdout!, 'data');
  return holder;
}

const sh = (script: string, before: readonly string[] = []): void => {
  const [command, ...words] = [...before, 'sh', '-ec', script];
  execFileSync(command!, words, { stdio: ['ignore', 'inherit', 'inherit'] });
};
const run = (pid: number, script: string): void => sh(script, within(pid));

const open = new Set<Network>();
afterAll(() => {
  for (const network of open) network.close();
});
