import { col, desc } from '../../../src/frame/index.js';
import type { Tables } from './tables.js';

/** Minimum cost supplier: of each brass part of size 15, who in Europe offers it at the least cost. */
export function q02({ part, supplier, partsupp, nation, region }: Tables) {
  return part
    .filter(col('p_size').eq(15), col('p_type').str.endsWith('BRASS'))
    .join(partsupp, { leftOn: 'p_partkey', rightOn: 'ps_partkey' })
    .join(supplier, { leftOn: 'ps_suppkey', rightOn: 's_suppkey' })
    .join(nation, { leftOn: 's_nationkey', rightOn: 'n_nationkey' })
    .join(region.filter(col('r_name').eq('EUROPE')), { leftOn: 'n_regionkey', rightOn: 'r_regionkey' })
    .filter(col('ps_supplycost').eq(col('ps_supplycost').min().over('p_partkey')))
    .select('s_acctbal', 's_name', 'n_name', 'p_partkey', 'p_mfgr', 's_address', 's_phone', 's_comment')
    .sort(desc('s_acctbal'), 'n_name', 's_name', 'p_partkey')
    .limit(100);
}
