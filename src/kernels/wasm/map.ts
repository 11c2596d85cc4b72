/** The loop of maps: each element of the outputs from the elements of the inputs at its place. */

import { itemsize } from '../dtype.js';
import { storePart, storeScalar } from './access.js';
import { pooled, v128 } from './assembler.js';
import type { Row } from './row.js';
import type { Values } from './values.js';

const ONES = pooled(0x0101010101010101n, 0x0101010101010101n);

export function mapRows(row: Row): void {
  const { f, program, frame } = row;
  const outputs = program.maps.map(({ node, dtype }, k) => {
    const width = itemsize(dtype);
    return { node, dtype, width, to: row.cursor(`output${k}`, frame.output(k), width).at };
  });
  const storeVectors = (values: Values): void => {
    for (const { node, dtype, width, to } of outputs)
      for (let part = 0; part < values.parts(width); part++) {
        const value =
          dtype === 'bool' ? v128.and(values.mask(node, part, 1), ONES) : values.value(node, part);
        f.emit(storePart(to, value, part, width * program.group));
      }
  };
  const storeScalars = (values: Values): void => {
    for (const { node, dtype, to } of outputs) {
      const value = dtype === 'bool' ? values.mask(node, 0, 1) : values.value(node, 0);
      f.emit(storeScalar(dtype, to, value));
    }
  };
  row.loop(() => {
    f.emit(row.vectors(row.groups, storeVectors), row.scalars(row.tail, storeScalars));
  });
}
