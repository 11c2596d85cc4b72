/** The leases that this process holds: the scheduler hears of them, and gives those of whoever has gone to others. */
export class Leases {
  /** Seconds after which a lease is over of which nothing was heard: Dask's own default. */
  static readonly TIMEOUT_S = 30;

  private readonly names = new Map<string, string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly refresh: (name: string, leases: readonly string[]) => Promise<unknown>) {}

  hold(name: string, lease: string): void {
    this.names.set(lease, name);
    this.timer ??= setInterval(() => this.tell(), (Leases.TIMEOUT_S * 1_000) / 5).unref();
  }

  drop(lease: string): void {
    this.names.delete(lease);
    if (this.names.size === 0) this.close();
  }

  /** Those that are held, by their names. */
  get held(): readonly (readonly [lease: string, name: string])[] {
    return [...this.names];
  }

  close(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private tell(): void {
    const byName = new Map<string, string[]>();
    for (const [lease, name] of this.names) byName.set(name, [...(byName.get(name) ?? []), lease]);
    // Where the scheduler cannot be reached now, the next one counts.
    for (const [name, leases] of byName) this.refresh(name, leases).catch(() => {});
  }
}
