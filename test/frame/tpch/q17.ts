import { col } from '../../../src/frame/index.js';
import type { Tables } from './tables.js';

/** Small-quantity-order revenue: what would be lost a year without orders of less than a fifth of a part's mean quantity. */
export function q17({ lineitem, part }: Tables) {
  return part
    .filter(col('p_brand').eq('Brand#23'), col('p_container').eq('MED BOX'))
    .join(lineitem, { leftOn: 'p_partkey', rightOn: 'l_partkey' })
    .filter(col('l_quantity').lt(col('l_quantity').mean().over('p_partkey').mul(0.2)))
    .agg({ avg_yearly: col('l_extendedprice').sum().div(7) });
}
