import './tpch.mjs';
