import { createRequire } from 'node:module';

export interface NativeFunction {
  (...args: unknown[]): unknown;
  /** In a thread of libuv's; what is passed must stay as it is meanwhile. */
  async(...args: [...unknown[], (error: Error | null, result: unknown) => void]): void;
}

export interface Library {
  func(name: string, result: string, args: string[]): NativeFunction;
}

export interface Koffi {
  load(path: string): Library;
}

/** The optional dependency koffi, which calls functions of the machine's libraries; undefined where it is not installed. */
export function loadKoffi(): Koffi | undefined {
  try {
    // Asked for at run time and by name, so that a bundler does not need it; in CommonJS there is no import.meta.
    const here = typeof __filename === 'string' ? __filename : import.meta.url;
    return createRequire(here)('koffi') as Koffi;
  } catch {
    return undefined;
  }
}
