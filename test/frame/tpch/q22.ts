import { col, count } from '../../../src/frame/index.js';
import type { Tables } from './tables.js';

/** Global sales opportunity: customers of some countries with money, and without orders. */
export function q22({ customer, orders }: Tables) {
  const chosen = customer
    .withColumns({ cntrycode: col('c_phone').str.slice(0, 2) })
    .filter(col('cntrycode').isIn(['13', '31', '23', '29', '30', '18', '17']));
  const average = chosen.filter(col('c_acctbal').gt(0)).agg({ average: col('c_acctbal').mean() });
  return chosen
    .join(average, { how: 'cross' })
    .filter(col('c_acctbal').gt(col('average')))
    .join(orders, { leftOn: 'c_custkey', rightOn: 'o_custkey', how: 'anti' })
    .groupBy('cntrycode')
    .agg({ numcust: count(), totacctbal: col('c_acctbal').sum() })
    .sort('cntrycode');
}
