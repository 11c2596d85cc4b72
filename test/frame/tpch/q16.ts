import { col, desc } from '../../../src/frame/index.js';
import type { Tables } from './tables.js';

/** Parts and suppliers: how many suppliers without complaints offer parts of some kinds. */
export function q16({ partsupp, part, supplier }: Tables) {
  const complaints = supplier.filter(col('s_comment').str.like('%Customer%Complaints%'));
  return part
    .filter(
      col('p_brand').ne('Brand#45'),
      col('p_type').str.startsWith('MEDIUM POLISHED').not(),
      col('p_size').isIn([49, 14, 23, 45, 19, 3, 36, 9]),
    )
    .join(partsupp, { leftOn: 'p_partkey', rightOn: 'ps_partkey' })
    .join(complaints, { leftOn: 'ps_suppkey', rightOn: 's_suppkey', how: 'anti' })
    .groupBy('p_brand', 'p_type', 'p_size')
    .agg({ supplier_cnt: col('ps_suppkey').nunique() })
    .sort(desc('supplier_cnt'), 'p_brand', 'p_type', 'p_size');
}
