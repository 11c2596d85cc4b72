import { col, count, desc } from '../../../src/frame/index.js';
import type { Tables } from './tables.js';

/** Customer distribution: how many customers have how many orders. */
export function q13({ customer, orders }: Tables) {
  const ordinary = orders.filter(col('o_comment').str.like('%special%requests%').not());
  return customer
    .join(ordinary, { leftOn: 'c_custkey', rightOn: 'o_custkey', how: 'left' })
    .groupBy('c_custkey')
    .agg({ c_count: col('o_orderkey').count() })
    .groupBy('c_count')
    .agg({ custdist: count() })
    .sort(desc('custdist'), desc('c_count'));
}
