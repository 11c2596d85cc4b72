import type { KubernetesObject } from '../chart.js';
import { NODE_ADDRESS } from './network.js';

/** How a pod's container is. */
export interface PodState {
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed';
  readonly started: boolean;
  readonly ready: boolean;
  readonly restarts: number;
  /** As Kubernetes has it: waiting, running or terminated. */
  readonly container: KubernetesObject;
}

/** What a kubelet tells of a pod. */
export function statusOf(pod: KubernetesObject, state: PodState, address?: string): KubernetesObject {
  const { phase, started, ready, restarts } = state;
  const [{ name, image }] = pod.spec.containers;
  const now = new Date().toISOString().replace(/\.\d+/, '');
  const is = (type: string, status: boolean) => ({
    type,
    status: status ? 'True' : 'False',
    lastTransitionTime: now,
  });
  return {
    phase,
    hostIP: NODE_ADDRESS,
    ...(address && { podIP: address, podIPs: [{ ip: address }] }),
    startTime: pod.metadata.creationTimestamp,
    conditions: [is('Initialized', true), is('ContainersReady', ready), is('Ready', ready)],
    containerStatuses: [
      { name, image, imageID: image, ready, started, restartCount: restarts, state: state.container },
    ],
  };
}
