import type { KubernetesObject } from './chart.js';

/**
 * What the profile "restricted" of Kubernetes' Pod Security Standards forbids and a pod has, each in a line. The rules are those of
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/, of Baseline and Restricted, for Linux.
 */
export function violations(pod: KubernetesObject): string[] {
  const found: string[] = [];
  const forbid = (is: boolean, text: string): void => {
    if (is) found.push(text);
  };
  const context: KubernetesObject = pod.securityContext ?? {};
  for (const space of ['hostNetwork', 'hostPID', 'hostIPC']) forbid(pod[space] === true, space);
  forbid(
    Object.keys(pod.metadata?.annotations ?? {}).some((key) => key.includes('apparmor')),
    'AppArmor',
  );
  for (const sysctl of context.sysctls ?? []) forbid(!SYSCTLS.has(sysctl.name), `sysctl ${sysctl.name}`);
  for (const volume of pod.volumes ?? [])
    for (const type of Object.keys(volume).filter((key) => key !== 'name'))
      forbid(!VOLUMES.has(type), `volume ${volume.name} of type ${type}`);
  both(context, 'the pod');
  forbid(context.runAsUser === 0, 'the pod: runAsUser 0');
  const containers: KubernetesObject[] = [
    ...(pod.containers ?? []),
    ...(pod.initContainers ?? []),
    ...(pod.ephemeralContainers ?? []),
  ];
  for (const container of containers) {
    const own: KubernetesObject = container.securityContext ?? {};
    const name = `container ${container.name}`;
    both(own, name);
    forbid(own.privileged === true, `${name}: privileged`);
    forbid(own.allowPrivilegeEscalation !== false, `${name}: allowPrivilegeEscalation`);
    forbid(!(own.capabilities?.drop ?? []).includes('ALL'), `${name}: capabilities are not dropped`);
    for (const added of own.capabilities?.add ?? [])
      forbid(added !== 'NET_BIND_SERVICE', `${name}: capability ${added}`);
    forbid((own.runAsNonRoot ?? context.runAsNonRoot) !== true, `${name}: runAsNonRoot`);
    forbid(own.runAsUser === 0, `${name}: runAsUser 0`);
    forbid((own.procMount ?? 'Default') !== 'Default', `${name}: procMount`);
    const seccomp = (own.seccompProfile ?? context.seccompProfile)?.type;
    forbid(!['RuntimeDefault', 'Localhost'].includes(seccomp), `${name}: seccomp ${seccomp}`);
    for (const { hostPort } of container.ports ?? []) forbid((hostPort ?? 0) !== 0, `${name}: hostPort`);
    for (const hook of [
      container.livenessProbe,
      container.readinessProbe,
      container.startupProbe,
      container.lifecycle?.preStop,
      container.lifecycle?.postStart,
    ])
      forbid((hook?.httpGet?.host ?? hook?.tcpSocket?.host ?? '') !== '', `${name}: host of a probe`);
  }
  return found;

  function both(of: KubernetesObject, name: string): void {
    forbid(of.windowsOptions?.hostProcess === true, `${name}: hostProcess`);
    forbid(of.seccompProfile?.type === 'Unconfined', `${name}: seccomp`);
    forbid(of.runAsNonRoot === false, `${name}: runAsNonRoot`);
    forbid((of.appArmorProfile?.type ?? 'RuntimeDefault') === 'Unconfined', `${name}: AppArmor`);
    const { type = '', user, role } = of.seLinuxOptions ?? {};
    forbid(!SELINUX.has(type) || Boolean(user) || Boolean(role), `${name}: SELinux`);
  }
}

const VOLUMES = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);
const SELINUX = new Set(['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t']);
const SYSCTLS = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
]);
