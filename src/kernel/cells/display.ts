import { randomUUID } from 'node:crypto';
import type { Bundle } from '../wire/message.js';
import { bundleOf } from './bundle.js';
import { output } from './pipe.js';

/** What was shown, to be shown anew in its place. */
export interface Displayed {
  update(value: unknown): Promise<void>;
}

const waiting = new Set<Promise<unknown>>();

/** Resolves when what was shown has gone out. */
export async function settled(): Promise<void> {
  while (waiting.size > 0) await Promise.all(waiting);
}

function show(bundle: Bundle | Promise<Bundle>, id: string, update: boolean): Promise<void> | undefined {
  if (!(bundle instanceof Promise)) {
    output({ type: 'display', bundle, id, update });
    return undefined;
  }
  const shown = bundle.then((bundle) => output({ type: 'display', bundle, id, update }));
  waiting.add(shown);
  const over = (): void => void waiting.delete(shown);
  shown.then(over, over);
  return shown;
}

async function displayed(bundle: Bundle | Promise<Bundle>): Promise<Displayed> {
  const id = randomUUID();
  // What is ready goes out at once, before anything that is printed next.
  const first = show(bundle, id, false);
  await first;
  return { update: async (value) => show(bundleOf(value), id, true) };
}

/** What `progressBar` of any copy of tilework finds: HTML, and what puts other HTML in its place. */
export function letShow(): void {
  const show = (html: string): ((html: string) => void) => {
    const id = randomUUID();
    const put = (html: string, update: boolean): void =>
      output({ type: 'display', bundle: { data: { 'text/html': html }, metadata: {} }, id, update });
    put(html, false);
    return (html) => put(html, true);
  };
  Object.defineProperty(globalThis, Symbol.for('tilework.kernel.show'), { value: show });
}

const as =
  (type: string) =>
  (text: string): Promise<Displayed> =>
    displayed({ data: { [type]: String(text), 'text/plain': String(text) }, metadata: {} });

/** The global `display` of cells. */
export const display = Object.assign((value: unknown): Promise<Displayed> => displayed(bundleOf(value)), {
  html: as('text/html'),
  svg: as('image/svg+xml'),
  markdown: as('text/markdown'),
  clear: (wait = false): void => output({ type: 'clear', wait }),
});
