#!/usr/bin/env node
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const USAGE = `tilework: arrays and dataframes larger than memory

  tilework info                     versions, cores, memory, BLAS, and what to install
  tilework demo [land] [flights] [--memory-limit 256MB] [--cells 120] [--directory out]
                                    how much of the Earth is land, on a grid of 933 million cells;
                                    how late three million flights were, by airport and by day
  tilework cluster [options]        Dask's scheduler and Node workers on this machine (--help says how)
  tilework worker tcp://scheduler:8786 [--nthreads N] [--memory-limit 4GiB] …
                                    a worker for a Dask scheduler; --help for more
  tilework kernel install [options] TypeScript for Jupyter notebooks (--help says how)
  tilework k8s up|status|connect|scale|down
                                    scheduler, workers and notebook on any Kubernetes cluster
  tilework aws up|status|down CLUSTER
                                    a Kubernetes cluster on AWS for that, from nothing and back
  tilework bench [workload …]       beside Dask and NumPy (makes a Python environment of its own)`;

const DEMOS = ['land', 'flights'];

const root = new URL('../../', import.meta.url);
const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { version: string };

const commands: Readonly<Record<string, (args: string[]) => Promise<number>>> = {
  async info() {
    const { info } = await import('./cli/info.js');
    for (const line of info(version)) console.log(line);
    return 0;
  },
  async demo(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        'memory-limit': { type: 'string', default: '256MB' },
        cells: { type: 'string', default: '120' },
        directory: { type: 'string', default: 'out' },
      },
    });
    const cells = Number(values.cells);
    if (!Number.isInteger(cells) || cells < 4 || cells % 4 !== 0)
      throw new RangeError(`--cells ${values.cells} must be a multiple of 4 (cells a degree)`);
    const unknown = positionals.find((name) => !DEMOS.includes(name));
    if (unknown !== undefined)
      throw new Error(`no demo is called '${unknown}'; there are ${DEMOS.join(', ')}`);
    const options = { cells, memoryLimit: values['memory-limit'], directory: values.directory };
    const wanted = positionals.length > 0 ? positionals : DEMOS;
    if (wanted.length > 1) {
      // Each in a process of its own: a memory limit is for a whole process.
      const flags = Object.entries(values).flatMap(([name, value]) => [`--${name}`, value]);
      const self = fileURLToPath(import.meta.url);
      const codes = wanted.map(
        (name) =>
          spawnSync(process.execPath, [self, 'demo', name, ...flags], { stdio: 'inherit' }).status ?? 1,
      );
      return Math.max(...codes);
    }
    const right =
      wanted[0] === 'land'
        ? await (await import('./cli/demo/land.js')).landDemo(options)
        : await (await import('./cli/demo/flights.js')).flightsDemo(options);
    return right ? 0 : 1;
  },
  async cluster(args) {
    const { clusterCommand } = await import('./cli/cluster.js');
    return clusterCommand(args);
  },
  async worker(args) {
    const { workerCommand } = await import('./cli/worker.js');
    return workerCommand(args);
  },
  async kernel(args) {
    const { kernelCommand } = await import('./cli/kernel.js');
    return kernelCommand(args, fileURLToPath(import.meta.url), version);
  },
  async k8s(args) {
    const { k8sCommand } = await import('./cli/k8s.js');
    return k8sCommand(args);
  },
  async aws(args) {
    const { awsCommand } = await import('./cli/aws.js');
    return awsCommand(args);
  },
  async bench(args) {
    const script = fileURLToPath(new URL('bench/run.mjs', root));
    if (!existsSync(script))
      throw new Error(`no benchmarks at ${script}; run them in a checkout of the repository`);
    return spawnSync(process.execPath, [script, ...args], { stdio: 'inherit' }).status ?? 1;
  },
};

async function main([name, ...args]: string[]): Promise<number> {
  if (name === '--version' || name === '-v') {
    console.log(version);
    return 0;
  }
  const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    const asked = name === undefined || name === '--help' || name === 'help';
    (asked ? console.log : console.error)(asked ? USAGE : `tilework: no command '${name}'\n\n${USAGE}`);
    return asked ? 0 : 2;
  }
  return command(args);
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const missing = /^Cannot find package '([^']+)'/.exec(error instanceof Error ? error.message : '')?.[1];
    if (missing !== undefined)
      console.error(
        `tilework: this needs the npm package ${missing}: npm install ${missing}, or run it in a clone`,
      );
    else console.error(`tilework: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  },
);
