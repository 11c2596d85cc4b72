import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { LocalEngine } from '../../engine/index.js';
import { networkCount, openFiles } from './host.js';
import type { Observed } from './metrics.js';
import { seconds } from './time.js';
import type { Work } from './work.js';

/** Looks at the process and at what the worker does. */
export class Observer {
  private readonly delay: IntervalHistogram = monitorEventLoopDelay({ resolution: 20 });
  private usage = process.cpuUsage();
  private network = networkCount();
  private at = seconds();
  private cpu = 0;
  /** Bytes a second, of the whole machine. */
  private net = { received: 0, sent: 0 };

  constructor(
    private readonly engine: LocalEngine,
    private readonly work: Work,
  ) {
    this.delay.enable();
  }

  look(): Observed {
    const { engine } = this;
    const { state, incoming, outgoing, store } = this.work;
    const now = seconds();
    // Over too short a time the share says nothing.
    if (now - this.at > 0.1) {
      const { user, system } = process.cpuUsage(this.usage);
      this.cpu = (user + system) / 1e4 / (now - this.at);
      this.usage = process.cpuUsage();
      const network = networkCount();
      if (network && this.network) {
        const took = now - this.at;
        this.net = {
          received: (network.received - this.network.received) / took,
          sent: (network.sent - this.network.sent) / took,
        };
      }
      this.network = network;
      this.at = now;
    }
    const mean = this.delay.mean / 1e9;
    this.delay.reset();
    const lag = Number.isFinite(mean) ? mean : 0;
    const resident = process.memoryUsage.rss();
    const { cpu, net } = this;
    const values = store.values.bytes;
    const files = openFiles();
    return { stats: engine.stats(), state, incoming, outgoing, values, resident, cpu, net, files, lag, now };
  }

  close(): void {
    this.delay.disable();
  }
}
