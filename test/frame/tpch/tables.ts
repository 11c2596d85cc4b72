/** The tables of TPC-H, as tpchgen-cli writes them. */
import path from 'node:path';
import { type DataFrame, type FrameOptions, readParquet } from '../../../src/frame/index.js';

const SCHEMAS = {
  lineitem: {
    l_orderkey: 'int64',
    l_partkey: 'int64',
    l_suppkey: 'int64',
    l_linenumber: 'int32',
    l_quantity: 'decimal',
    l_extendedprice: 'decimal',
    l_discount: 'decimal',
    l_tax: 'decimal',
    l_returnflag: 'string',
    l_linestatus: 'string',
    l_shipdate: 'date',
    l_commitdate: 'date',
    l_receiptdate: 'date',
    l_shipinstruct: 'string',
    l_shipmode: 'string',
    l_comment: 'string',
  },
  orders: {
    o_orderkey: 'int64',
    o_custkey: 'int64',
    o_orderstatus: 'string',
    o_totalprice: 'decimal',
    o_orderdate: 'date',
    o_orderpriority: 'string',
    o_clerk: 'string',
    o_shippriority: 'int32',
    o_comment: 'string',
  },
  customer: {
    c_custkey: 'int64',
    c_name: 'string',
    c_address: 'string',
    c_nationkey: 'int64',
    c_phone: 'string',
    c_acctbal: 'decimal',
    c_mktsegment: 'string',
    c_comment: 'string',
  },
  part: {
    p_partkey: 'int64',
    p_name: 'string',
    p_mfgr: 'string',
    p_brand: 'string',
    p_type: 'string',
    p_size: 'int32',
    p_container: 'string',
    p_retailprice: 'decimal',
    p_comment: 'string',
  },
  partsupp: {
    ps_partkey: 'int64',
    ps_suppkey: 'int64',
    ps_availqty: 'int32',
    ps_supplycost: 'decimal',
    ps_comment: 'string',
  },
  supplier: {
    s_suppkey: 'int64',
    s_name: 'string',
    s_address: 'string',
    s_nationkey: 'int64',
    s_phone: 'string',
    s_acctbal: 'decimal',
    s_comment: 'string',
  },
  nation: { n_nationkey: 'int64', n_name: 'string', n_regionkey: 'int64', n_comment: 'string' },
  region: { r_regionkey: 'int64', r_name: 'string', r_comment: 'string' },
} as const;

type Schemas = typeof SCHEMAS;
export type Tables = { readonly [T in keyof Schemas]: DataFrame<Schemas[T]> };
export const TABLE_NAMES = Object.keys(SCHEMAS) as readonly (keyof Schemas)[];

/** Opens the tables that lie in a directory as `lineitem.parquet` and so on. */
export async function openTables(
  directory: string,
  options: Pick<FrameOptions, 'engine'> = {},
): Promise<Tables> {
  const open = async (name: keyof Schemas) =>
    [name, await readParquet(path.join(directory, `${name}.parquet`), options)] as const;
  return Object.fromEntries(await Promise.all(TABLE_NAMES.map(open))) as unknown as Tables;
}
