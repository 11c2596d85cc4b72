import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CHART, find, HELMS, ofKind, run, template } from './support/chart.js';
import { MATRIX } from './support/matrix.js';

describe.each(HELMS)('%s', (_, tools) => {
  it('lints', async () => {
    for (const values of [{}, MATRIX['everything set']!])
      await run(tools.helm, ['lint', '--strict', CHART, '--values', '-'], JSON.stringify(values));
  });

  it('names no release twice, and cuts what is too long', async () => {
    const own = await template(tools, {}, { release: 'tilework' });
    find(own, 'Service', 'tilework-scheduler');
    const long = await template(tools, { workers: { 'fifteen-letters': {} } }, { release: 'a'.repeat(53) });
    for (const { metadata } of long) expect(metadata.name.length).toBeLessThanOrEqual(63);
  });

  it('takes names that look like numbers, and a host that stands for many', async () => {
    const host = '*.example.com';
    const values = {
      jupyter: { ingress: { enabled: true, host, tlsSecret: 'certificate' } },
      workers: { true: {} },
    };
    const objects = await template(tools, values, { release: '123' });
    for (const { metadata } of objects)
      for (const value of Object.values({ ...metadata.labels, namespace: metadata.namespace }))
        expect(typeof value).toBe('string');
    const [ingress] = ofKind(objects, 'Ingress');
    expect(ingress!.spec).toMatchObject({ tls: [{ hosts: [host] }], rules: [{ host }] });
  });

  it('selects by labels that pods have, each workload its own', async () => {
    const objects = await template(tools, MATRIX['several groups']);
    const pods = ofKind(objects, 'Deployment').map(({ metadata, spec }) => ({
      name: metadata.name,
      labels: spec.template.metadata.labels as Record<string, string>,
    }));
    const selected = (selector: Record<string, string>): string[] =>
      pods
        .filter(({ labels }) => Object.entries(selector).every(([label, value]) => labels[label] === value))
        .map(({ name }) => name);
    // No more of them: a version among them would start all pods again with each version of the chart.
    for (const { spec } of ofKind(objects, 'Deployment'))
      expect(spec.template.metadata.labels).toEqual(spec.selector.matchLabels);
    for (const kind of ['Deployment', 'PodDisruptionBudget'])
      for (const { metadata, spec } of ofKind(objects, kind))
        expect(selected(spec.selector.matchLabels)).toEqual([metadata.name]);
    for (const { metadata, spec } of ofKind(objects, 'Service'))
      expect(selected(spec.selector)).toEqual([metadata.name]);
    for (const { spec } of ofKind(objects, 'NetworkPolicy'))
      expect(selected(spec.podSelector.matchLabels).length).toBeGreaterThan(0);
  });

  it('gives a group what the defaults say, and it does not', async () => {
    const objects = await template(tools, MATRIX['several groups']);
    const large = find(objects, 'Deployment', 'my-tilework-worker-large');
    expect(large.spec.replicas).toBe(1_000_000);
    const [container] = large.spec.template.spec.containers;
    expect(container.resources).toEqual({
      requests: { cpu: 8, memory: '2Gi' },
      limits: { memory: '64Gi', 'nvidia.com/gpu': 1 },
    });
    expect(container.args).toContain('--resources=GPU=1 MEM=2.5');
    const old = find(objects, 'Deployment', 'my-tilework-worker-old').spec.template.spec;
    expect(old.containers[0].image).toBe('ghcr.io/dask/dask:2025.4.0');
    expect(old.containers[0].args.slice(0, 2)).toEqual(['dask', 'worker']);
  });

  it('ships the modules of the scheduler side by side, unchanged', async () => {
    const { data } = find(await template(tools), 'ConfigMap', 'my-tilework-scheduler');
    const sums = (text: string) => createHash('sha256').update(text).digest('hex');
    const wanted = execFileSync('sha256sum', ['tilework_scheduler.py', 'tilework_python.py'], {
      cwd: `${CHART}/../scheduler`,
      encoding: 'utf8',
    });
    for (const line of wanted.trim().split('\n')) {
      const [sum, file] = line.split(/\s+/);
      expect(sums(data[file!])).toBe(sum);
    }
  });
});
