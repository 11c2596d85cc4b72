import type { Task } from '../../graph/task.js';
import type { Core } from './core.js';
import type { Layer } from './records.js';

/** Before a task of a layer was timed: short enough to send a few at once, long enough to time before sending many. */
const UNKNOWN_MS = 0.5;

const SMOOTHING = 32;

/** The layer of a task: those of one operation that share one `common` object. */
export function layerOf(core: Core, task: Task): Layer {
  const { lastLayer } = core;
  if (
    lastLayer !== undefined &&
    lastLayer.op === task.op &&
    lastLayer.common === task.common &&
    lastLayer.tasks > 0
  ) {
    lastLayer.tasks++;
    return lastLayer;
  }
  let ofOp = core.layers.get(task.op);
  if (ofOp === undefined) {
    ofOp = new Map();
    core.layers.set(task.op, ofOp);
  }
  let layer = ofOp.get(task.common);
  if (layer === undefined) {
    layer = {
      id: ++core.lastId,
      op: task.op,
      common: task.common,
      estimate: { mean: UNKNOWN_MS, count: 0 },
      tasks: 0,
    };
    ofOp.set(task.common, layer);
  }
  layer.tasks++;
  core.lastLayer = layer;
  return layer;
}

/** A task of the layer was forgotten. */
export function leaveLayer(core: Core, layer: Layer): void {
  if (--layer.tasks > 0) return;
  // What is known of an operation without shared data is worth keeping: it serves the next graph.
  if (layer.common === undefined) return;
  core.layers.get(layer.op)?.delete(layer.common);
  core.emit({ do: 'forgetLayer', layer: layer.id });
}

/** Takes in how long a task of the layer took. */
export function learn(layer: Layer, milliseconds: number): void {
  const { estimate } = layer;
  estimate.count++;
  estimate.mean += (milliseconds - estimate.mean) / Math.min(estimate.count, SMOOTHING);
}
