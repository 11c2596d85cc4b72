import { col, count, lit } from '../../../src/frame/index.js';
import type { Tables } from './tables.js';

/** Pricing summary: sums and means of what was shipped until 90 days before the end. */
export function q01({ lineitem }: Tables) {
  const end = lit(new Date('1998-12-01'));
  return lineitem
    .filter(col('l_shipdate').le(end.dt.offset('-90d')))
    .withColumns({ disc_price: col('l_extendedprice').mul(lit(1).sub(col('l_discount'))) })
    .groupBy('l_returnflag', 'l_linestatus')
    .agg({
      sum_qty: col('l_quantity').sum(),
      sum_base_price: col('l_extendedprice').sum(),
      sum_disc_price: col('disc_price').sum(),
      sum_charge: col('disc_price')
        .mul(lit(1).add(col('l_tax')))
        .sum(),
      avg_qty: col('l_quantity').mean(),
      avg_price: col('l_extendedprice').mean(),
      avg_disc: col('l_discount').mean(),
      count_order: count(),
    })
    .sort('l_returnflag', 'l_linestatus');
}
