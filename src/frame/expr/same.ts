import type { ExprNode } from './node.js';

/** Whether two expressions are the same. */
export const sameExpr = (a: ExprNode, b: ExprNode): boolean => a === b || keyOf(a) === keyOf(b);

/** A text that is the same for equal expressions. */
export const keyOf = (node: ExprNode): string =>
  JSON.stringify(node, (_, value: unknown) =>
    typeof value === 'bigint'
      ? `${value}n`
      : value instanceof Uint8Array
        ? [...value]
        : typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))
          ? `#${Object.is(value, -0) ? '-0' : value}`
          : value,
  );
