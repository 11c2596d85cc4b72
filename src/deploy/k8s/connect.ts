import { DeployError } from '../errors.js';
import type { Executor } from '../executor.js';
import { shown } from '../step.js';
import { type CertificateData, configurationDirectory, writeConfiguration } from './configuration.js';
import { mustBeInstalled, objects } from './find.js';
import { forward, freePort } from './forward.js';
import { schedulerPorts } from './release.js';
import { checkTarget, kubectl, type Target } from './target.js';

/** Where what is forwarded is found on this machine, where the port is free. */
const LOCAL = { scheduler: 8786, dashboard: 8787, jupyter: 8888 };

/**
 * Forwards scheduler, dashboard and Jupyter to loopback until it is interrupted, and writes what programs need to reach the scheduler.
 * @param directory where certificates and the file `env` go; default: in the user's directory of states
 */
export async function connect(executor: Executor, target: Target, directory?: string): Promise<void> {
  checkTarget(target);
  const { chart } = await mustBeInstalled(executor, target);
  const release = await objects(executor, target, chart);
  const service = release.services.find(({ component }) => component === 'scheduler');
  if (service === undefined)
    throw new DeployError(`the release ${target.release} has no scheduler: its workers are of another's`);
  const jupyter = release.services.find(({ component }) => component === 'jupyter');
  const certificates =
    release.tlsSecret === undefined ? undefined : await certificatesOf(executor, target, release.tlsSecret);
  const { comm, dashboard } = schedulerPorts(service);
  const at = {
    scheduler: await freePort(LOCAL.scheduler),
    dashboard: await freePort(LOCAL.dashboard),
    jupyter: await freePort(LOCAL.jupyter),
  };
  const port = (local: number, remote: number | undefined): readonly string[] =>
    remote === undefined ? [] : [`${local}:${remote}`];
  const forwards = [
    kubectl(
      target,
      ...['port-forward', `service/${service.name}`, '--address', '127.0.0.1'],
      ...port(at.scheduler, comm),
      ...port(at.dashboard, dashboard),
    ),
    ...(jupyter === undefined
      ? []
      : [
          kubectl(
            target,
            ...['port-forward', `service/${jupyter.name}`, '--address', '127.0.0.1'],
            ...port(at.jupyter, jupyter.ports[0]?.port),
          ),
        ]),
  ];
  for (const command of forwards) executor.say(`   $ ${shown(command)}`);
  if (executor.dryRun) return;
  const say = (line?: string): void => executor.say(line);
  const running = await Promise.all(forwards.map((command) => forward(command, executor.signal, say)));
  const address = `${certificates === undefined ? 'tcp' : 'tls'}://127.0.0.1:${at.scheduler}`;
  const home = directory ?? configurationDirectory(target);
  const env = written(home, address, certificates);
  say(`scheduler  ${address}`);
  if (dashboard !== undefined) say(`dashboard  http://127.0.0.1:${at.dashboard}`);
  if (jupyter !== undefined) say(`notebook   http://127.0.0.1:${at.jupyter}`);
  say();
  say('In another shell, for programs of tilework and of Dask:');
  say(`   . ${env}`);
  say('   await using client = await tw.connect();');
  say();
  if (certificates !== undefined) say(`Who has ${home} can run code on the cluster.`);
  say('Ctrl-C ends it.');
  await Promise.all(running.map(({ ended }) => ended));
}

/** @throws DeployError where nothing can be written there */
function written(home: string, address: string, certificates: CertificateData | undefined): string {
  try {
    return writeConfiguration(home, address, certificates);
  } catch (cause) {
    throw new DeployError(
      `nothing can be written to ${home} (${(cause as Error).message}): make room, or name another by --directory`,
      { cause },
    );
  }
}

async function certificatesOf(executor: Executor, target: Target, secret: string): Promise<CertificateData> {
  const command = { ...kubectl(target, 'get', 'secret', secret, '--output', 'json'), secret: true as const };
  const { data = {} } = (await executor.query(command)) as { data?: Readonly<Record<string, string>> };
  const pem = (file: string): string => {
    const text = data[file];
    if (text === undefined) throw new DeployError(`the Secret ${secret} has no ${file}`);
    return Buffer.from(text, 'base64').toString();
  };
  return { 'ca.crt': pem('ca.crt'), 'tls.crt': pem('tls.crt'), 'tls.key': pem('tls.key') };
}
