import { setTimeout as sleep } from 'node:timers/promises';
import type { KubernetesObject } from '../chart.js';

/** Where a container is that is probed. */
export interface Probed {
  readonly address: string;
  readonly container: KubernetesObject;
}

/**
 * Probes as Kubernetes does, until `signal`: tells whenever successes, or failures, in a row have reached what the probe calls enough.
 */
export async function probe(
  probed: Probed,
  spec: KubernetesObject,
  signal: AbortSignal,
  tell: (passes: boolean) => void,
): Promise<void> {
  const { initialDelaySeconds = 0, periodSeconds = 10, successThreshold = 1, failureThreshold = 3 } = spec;
  let passed = 0;
  let failed = 0;
  const wait = (seconds: number) => sleep(seconds * 1_000, undefined, { signal }).catch(() => {});
  await wait(initialDelaySeconds);
  while (!signal.aborted) {
    const passing = await passes(probed, spec);
    if (signal.aborted) return;
    if (passing) {
      failed = 0;
      if (++passed >= successThreshold) tell(true);
    } else {
      passed = 0;
      if (++failed >= failureThreshold) tell(false);
    }
    await wait(periodSeconds);
  }
}

async function passes({ address, container }: Probed, spec: KubernetesObject): Promise<boolean> {
  const signal = AbortSignal.timeout((spec.timeoutSeconds ?? 1) * 1_000);
  const number = ({ port }: KubernetesObject): number =>
    container.ports?.find(({ name }: KubernetesObject) => name === port)?.containerPort ?? Number(port);
  if (spec.httpGet === undefined) throw new Error('a probe of a kind that this kubelet does not know');
  const url = `http://${address}:${number(spec.httpGet)}${spec.httpGet.path}`;
  const answer = await fetch(url, { signal, redirect: 'manual' }).catch(() => undefined);
  await answer?.body?.cancel();
  return answer !== undefined && answer.status >= 200 && answer.status < 400;
}
