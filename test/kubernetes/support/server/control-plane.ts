import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { Api } from './api.js';

/** Users of the API server, and the groups that they are of. */
const USERS = {
  admin: ['admin', 'system:masters'],
  controllers: ['system:kube-controller-manager', ''],
  scheduler: ['system:kube-scheduler', ''],
  kubelet: ['system:node:loopback', 'system:nodes'],
  proxy: ['system:kube-proxy', ''],
} as const;
export type User = keyof typeof USERS;

/** etcd, kube-apiserver, kube-controller-manager and kube-scheduler, on an address of a network that nobody else is on. */
export class ControlPlane {
  readonly server: string;
  private readonly parts = new Map<string, ChildProcess>();
  private readonly tokens = new Map<User, string>();
  /** What is to be said of a part that has ended. */
  private over?: Error;

  private constructor(
    private readonly binary: string,
    private readonly home: string,
    address: string,
  ) {
    this.server = `https://${address}:6443`;
  }

  /** Starts them and waits until they serve. @param services addresses that Services get */
  static async start(binary: string, home: string, address: string, services: string): Promise<ControlPlane> {
    const plane = new ControlPlane(binary, home, address);
    mkdirSync(home, { recursive: true });
    plane.start('etcd', [
      `--data-dir=${join(home, 'etcd')}`,
      '--listen-client-urls=http://127.0.0.1:2379',
      '--advertise-client-urls=http://127.0.0.1:2379',
      '--listen-peer-urls=http://127.0.0.1:2380',
      '--unsafe-no-fsync',
    ]);
    plane.start('kube-apiserver', [
      '--etcd-servers=http://127.0.0.1:2379',
      `--advertise-address=${address}`,
      '--secure-port=6443',
      `--cert-dir=${join(home, 'certificates')}`,
      `--token-auth-file=${plane.users()}`,
      '--authorization-mode=Node,RBAC',
      '--enable-admission-plugins=NodeRestriction',
      `--service-cluster-ip-range=${services}`,
      // The names of nodes are nobody's.
      '--kubelet-preferred-address-types=InternalIP',
      '--service-account-issuer=https://kubernetes.default.svc',
      ...plane.accounts(),
    ]);
    await plane.ready();
    plane.start('kube-controller-manager', [
      `--kubeconfig=${plane.kubeconfig('controllers')}`,
      '--use-service-account-credentials',
      `--service-account-private-key-file=${join(home, 'accounts.key')}`,
      `--root-ca-file=${plane.authority}`,
      '--leader-elect=false',
      '--bind-address=127.0.0.1',
    ]);
    plane.start('kube-scheduler', [
      `--kubeconfig=${plane.kubeconfig('scheduler')}`,
      '--leader-elect=false',
      '--bind-address=127.0.0.1',
    ]);
    return plane;
  }

  api(user: User): Api {
    return new Api(this.server, readFileSync(this.authority, 'utf8'), this.tokens.get(user)!);
  }

  /** A file by which kubectl and helm are that user. */
  kubeconfig(user: User): string {
    const file = join(this.home, `${user}.yaml`);
    const name = 'loopback';
    writeFileSync(
      file,
      stringify({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [{ name, cluster: { server: this.server, 'certificate-authority': this.authority } }],
        users: [{ name, user: { token: this.tokens.get(user) } }],
        contexts: [{ name, context: { cluster: name, user: name } }],
        'current-context': name,
      }),
      { mode: 0o600 },
    );
    return file;
  }

  /** What the API server serves by, and its key: it signed both itself. */
  get certificate(): { readonly cert: string; readonly key: string } {
    const read = (end: string): string =>
      readFileSync(join(this.home, `certificates/apiserver.${end}`), 'utf8');
    return { cert: read('crt'), key: read('key') };
  }

  /** @throws where a part of it has ended */
  check(): void {
    if (this.over !== undefined) throw this.over;
  }

  stop(): void {
    for (const [name, part] of this.parts) {
      this.parts.delete(name);
      part.kill('SIGKILL');
    }
  }

  /** The file of who signed its certificate. */
  get authority(): string {
    return join(this.home, 'certificates/apiserver.crt');
  }

  private start(name: string, args: readonly string[]): void {
    const part = spawn(this.binary, [name, ...args], { cwd: this.home, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    part.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk).slice(-20_000);
      if (process.env.TILEWORK_KUBERNETES_LOG) process.stderr.write(chunk);
    });
    this.parts.set(name, part);
    part.on('close', (code) => {
      if (this.parts.delete(name)) this.over = new Error(`${name} ended with ${code}:\n${said}`);
    });
  }

  private users(): string {
    const lines = Object.entries(USERS).map(([key, [user, group]]) => {
      const token = randomBytes(16).toString('hex');
      this.tokens.set(key as User, token);
      return `${token},${user},${user},"${group}"\n`;
    });
    const file = join(this.home, 'users.csv');
    writeFileSync(file, lines.join(''), { mode: 0o600 });
    return file;
  }

  /** Arguments of the key by which tokens of service accounts are signed. */
  private accounts(): readonly string[] {
    const { privateKey, publicKey } = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      privateKeyEncoding: { type: 'sec1', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const [key, pub] = ['key', 'pub'].map((end) => join(this.home, `accounts.${end}`));
    writeFileSync(key!, privateKey, { mode: 0o600 });
    writeFileSync(pub!, publicKey);
    return [`--service-account-signing-key-file=${key}`, `--service-account-key-file=${pub}`];
  }

  private async ready(): Promise<void> {
    for (;;) {
      this.check();
      if (existsSync(this.authority)) {
        const api = this.api('admin');
        const is = await api.isReady();
        api.close();
        if (is) return;
      }
      await sleep(100);
    }
  }
}
