// Uses an engine, or the default one, in various ways, and ends by itself.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as tw from 'tilework';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

const [how, spillDirectory] = process.argv.slice(2);
const say = (line) => console.log(JSON.stringify(line));
const x = tw.random.defaultRng(3).random([200, 1000], { chunks: [20, 1000] });

const work = {
  default: async () => say(await x.sum().compute()),
  engine: async () => {
    const engine = new tw.LocalEngine({ threads: 2 });
    say(await x.sum().compute({ engine }));
  },
  // 300 MB held where there is room for less: some of it is on disk when the program ends.
  spilled: async () => {
    tw.configure({ memoryLimit: '250MB', spillDirectory });
    const held = await tw.random
      .defaultRng(3)
      .random([300, 131_072], { chunks: [4, 131_072] })
      .persist();
    say(readdirSync(spillDirectory, { recursive: true }).length > 2);
    say(await held.slice('0', '0').compute());
  },
  aborted: async () => {
    const endless = tw.mapBlocks(() => {
      for (;;);
    }, [x]);
    const signal = AbortSignal.timeout(200);
    say(
      await endless.compute({ signal }).then(
        () => 'resolved',
        (e) => e.name,
      ),
    );
  },
  // Errors that nobody takes end a program.
  failed: async () => {
    await tw
      .mapBlocks(() => {
        throw new Error('as it happens');
      }, [x])
      .compute();
  },
  many: async () => {
    const engine = new tw.LocalEngine({ threads: 2, memoryLimit: '400MB', spillDirectory });
    const status = (name) =>
      Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))[1]);
    const state = () => ({
      peak: status('VmHWM') * 1024,
      heap: process.memoryUsage().heapUsed,
      handles: readdirSync('/proc/self/fd').length,
      threads: status('Threads'),
      stats: engine.stats(),
    });
    // All of the ways: blocks that are made, read, written to disk, dropped, aborted, failed.
    const round = async (i) => {
      const y = tw.random.defaultRng(i).random([400, 1000], { chunks: [20, 1000] });
      const values = await y.add(i).sum(1).compute({ engine });
      if (values.shape[0] !== 400) throw new Error('another shape');
      if (i % 40 === 0) {
        const wide = tw.random.defaultRng(i).random([300, 131_072], { chunks: [4, 131_072] });
        await wide.subtract(wide.mean(0)).std().compute({ engine });
      }
      const bad = tw.mapBlocks(() => {
        throw new Error('no');
      }, [y]);
      await bad.compute({ engine }).catch(() => undefined);
      await y
        .sum()
        .compute({ engine, signal: AbortSignal.timeout(i % 7) })
        .catch(() => undefined);
    };
    for (let i = 0; i < 40; i++) await round(i);
    collect();
    const before = state();
    for (let i = 40; i < 240; i++) await round(i);
    // Threads finish the tasks that they were at.
    const working = ({ memory, tasks }) => tasks.held > 0 || memory.used > 0;
    while (working(engine.stats())) await delay(10);
    await delay(500);
    collect();
    say({ before, after: state(), files: readdirSync(spillDirectory, { recursive: true }) });
  },
};
await work[how]();
