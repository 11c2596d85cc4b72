import { col, desc } from '../../../src/frame/index.js';
import type { Tables } from './tables.js';

/** Important stock: parts whose stock in Germany is worth more than a share (0.0001 at scale factor 1) of all there. */
export function q11({ partsupp, supplier, nation }: Tables, scale: number) {
  return partsupp
    .join(supplier, { leftOn: 'ps_suppkey', rightOn: 's_suppkey' })
    .join(nation.filter(col('n_name').eq('GERMANY')), { leftOn: 's_nationkey', rightOn: 'n_nationkey' })
    .groupBy('ps_partkey')
    .agg({ value: col('ps_supplycost').mul(col('ps_availqty')).sum() })
    .filter(
      col('value').gt(
        col('value')
          .sum()
          .over([])
          .mul(0.0001 / scale),
      ),
    )
    .sort(desc('value'));
}
