import type { KubernetesObject } from '../chart.js';
import { KUBERNETES_ADDRESS } from './network.js';
import { fieldOf } from './volumes.js';

/** The variables of a pod's container. @throws where one is of what this kubelet does not know */
export function environmentOf(container: KubernetesObject, pod: KubernetesObject): Record<string, string> {
  const env: Record<string, string> = {
    KUBERNETES_SERVICE_HOST: KUBERNETES_ADDRESS,
    KUBERNETES_SERVICE_PORT: '443',
  };
  for (const { name, value = '', valueFrom } of container.env ?? []) {
    if (valueFrom && !valueFrom.fieldRef)
      throw new Error(`variable ${name}: from what this kubelet does not know`);
    env[name] = valueFrom ? fieldOf(pod, valueFrom.fieldRef.fieldPath) : expanded(value, env);
  }
  return env;
}

/** As Kubernetes does: $(NAME) of variables that there are, $$ for a dollar. */
export const expanded = (text: string, env: Readonly<Record<string, string>>): string =>
  text.replace(/\$\$|\$\(([\w.-]+)\)/g, (all, name) => (all === '$$' ? '$' : (env[name] ?? all)));
