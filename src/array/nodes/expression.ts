import { type DType, kindOf } from '../../kernels/dtype.js';
import type { ElementFn, ExprNode } from '../../kernels/spec.js';
import { constantOf, type Scalar } from './promote.js';

/** A value in an expression under construction. */
export interface Term {
  readonly at: number;
  readonly dtype: DType;
}

/** Builds the expression of a map node. */
export class Expression {
  readonly nodes: ExprNode[] = [];

  /** An element of input `k`. */
  input(k: number, dtype: DType): Term {
    return this.push({ op: 'input', input: k, dtype });
  }

  constant(value: Scalar, dtype: DType): Term {
    return this.push({ op: 'const', value: constantOf(value, dtype), dtype });
  }

  /** Parameter `k`, given for each block. */
  param(k: number): Term {
    return this.push({ op: 'param', param: k, dtype: 'float64' });
  }

  cast(term: Term, dtype: DType): Term {
    return term.dtype === dtype ? term : this.push({ op: 'cast', args: [term.at], dtype });
  }

  /** Applies an elementwise function; `dtype` is the result's (default: the last argument's). */
  call(fn: ElementFn, args: readonly Term[], dtype: DType = args[args.length - 1].dtype): Term {
    return this.push({ op: fn, args: args.map((a) => a.at), dtype });
  }

  /** NaN? False for everything that is not a float. */
  isnan(term: Term): Term {
    return kindOf(term.dtype) === 'float' ? this.call('isnan', [term], 'bool') : this.constant(false, 'bool');
  }

  private push(node: ExprNode): Term {
    return { at: this.nodes.push(node) - 1, dtype: node.dtype };
  }
}
