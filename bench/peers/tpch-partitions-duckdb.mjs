import './tpch-duckdb.mjs';
