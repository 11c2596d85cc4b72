/**
 * A `WebAssembly.Memory`. Programs for Node are compiled without the DOM's declarations, which have that name, so public declarations do
 * not use it.
 */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(delta: number): number;
}
