import { col, lit } from '../../../src/frame/index.js';
import type { Tables } from './tables.js';

/** Discounted revenue: of parts of three brands, each in its containers, quantities and sizes. */
export function q19({ lineitem, part }: Tables) {
  const kind = (brand: string, container: string, endings: string[], quantity: number, size: number) =>
    col('p_brand')
      .eq(brand)
      .and(col('p_container').isIn(endings.map((ending) => `${container} ${ending}`)))
      .and(col('l_quantity').between(quantity, quantity + 10))
      .and(col('p_size').between(1, size));
  return lineitem
    .filter(col('l_shipmode').isIn(['AIR', 'AIR REG']), col('l_shipinstruct').eq('DELIVER IN PERSON'))
    .join(part, { leftOn: 'l_partkey', rightOn: 'p_partkey' })
    .filter(
      kind('Brand#12', 'SM', ['CASE', 'BOX', 'PACK', 'PKG'], 1, 5)
        .or(kind('Brand#23', 'MED', ['BAG', 'BOX', 'PKG', 'PACK'], 10, 10))
        .or(kind('Brand#34', 'LG', ['CASE', 'BOX', 'PACK', 'PKG'], 20, 15)),
    )
    .agg({
      revenue: col('l_extendedprice')
        .mul(lit(1).sub(col('l_discount')))
        .sum(),
    });
}
