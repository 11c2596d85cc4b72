/** Seconds of the units that Dask's own flags take (`dask.utils.parse_timedelta`). */
const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  ...{ ms: 1e-3, s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 },
  ...{ millisecond: 1e-3, second: 1, minute: 60, hour: 3_600, day: 86_400, week: 604_800 },
};

/** Seconds as Dask's flags have them: '30', '1.5 h', '5 minutes'; undefined where a text is none. */
export function parseSeconds(text: string): number | undefined {
  const [, amount, unit = ''] = /^\s*(\d+(?:\.\d+)?|\.\d+)\s*([a-z]*)\s*$/i.exec(text) ?? [];
  if (amount === undefined) return undefined;
  const name = unit.toLowerCase();
  const known = [name, name.length > 3 ? name.replace(/s$/, '') : name].find((one) =>
    Object.hasOwn(UNITS, one),
  );
  return known === undefined ? undefined : Number(amount) * UNITS[known]!;
}

const ADDRESSES = '--host and --worker-port say where it listens, and that is where others reach it';
const PYTHONS = 'it is for workers of Python';

/** What to do in place of flags of `dask worker` that workers of Node do not have. */
const INSTEAD: Readonly<Record<string, string>> = {
  nworkers: 'a command starts one worker: give it threads by --nthreads, or call it once for each worker',
  'scheduler-file': 'give the address that is in the file',
  interface: '--host takes the address of an interface',
  'listen-address': ADDRESSES,
  'contact-address': ADDRESSES,
  protocol: "the scheduler's address begins with it: tcp:// or tls://",
  dashboard: '--dashboard-address says where it answers',
  'lifetime-stagger': 'give each worker a --lifetime of its own',
  'lifetime-restart': 'what starts workers may start it again, as it ends with 0',
  'nanny-port': 'its supervisor needs no port',
  ...{ preload: PYTHONS, 'preload-nanny': PYTHONS, 'worker-class': PYTHONS },
};

/** What is wrong with a command line that Node's parser refused; for flags of Dask with what to do instead. */
export function unknownFlag(message: string): string {
  const flag = /^Unknown option '(-[^']*)'/.exec(message)?.[1];
  if (flag === undefined) return message;
  const instead = INSTEAD[flag.replace(/^--?/, '')];
  return `there is no ${flag}${instead === undefined ? '' : `: ${instead}`}`;
}
