/** Things to undo when the process ends, however it ends (but for SIGKILL). */

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const pending = new Set<() => void>();

/** Has `undo` called at exit, unless the returned function is called before. `undo` is synchronous. */
export function atExit(undo: () => void): () => void {
  if (pending.size === 0) listen();
  pending.add(undo);
  return () => {
    if (pending.delete(undo) && pending.size === 0) unlisten();
  };
}

function undoAll(): void {
  for (const undo of [...pending]) {
    pending.delete(undo);
    try {
      undo();
    } catch {
      // The process is ending: nobody is left to be told, and the next start removes what remains.
    }
  }
}

function onSignal(signal: NodeJS.Signals): void {
  // Where the program handles the signal itself, it decides whether the process ends.
  if (process.listeners(signal).some((listener) => !(OURS in listener))) return;
  undoAll();
  unlisten();
  // Of several copies the last one ends the process.
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}

/** By this copies of tilework in one process, as ES modules and as CommonJS, know each other's listeners. */
const OURS = Symbol.for('tilework.atExit');
Object.defineProperty(onSignal, OURS, { value: true });

function listen(): void {
  process.on('exit', undoAll);
  for (const signal of SIGNALS) process.on(signal, onSignal);
}

function unlisten(): void {
  process.off('exit', undoAll);
  for (const signal of SIGNALS) process.off(signal, onSignal);
}
