from datetime import datetime, timedelta

import dask
import dask.dataframe as dd
import pandas as pd
from harness import ARGS, SIZE, digest, measure_parts

TABLES = ["lineitem", "orders", "customer", "part", "partsupp", "supplier", "nation", "region"]


def revenue(frame):
    return frame.assign(revenue=frame.l_extendedprice * (1 - frame.l_discount))


def between(column, start, end):
    return (column >= start) & (column < end)


def q01(lineitem, **_):
    frame = lineitem[lineitem.l_shipdate <= datetime(1998, 12, 1) - timedelta(days=90)]
    frame = frame.assign(disc_price=frame.l_extendedprice * (1 - frame.l_discount))
    frame = frame.assign(charge=frame.disc_price * (1 + frame.l_tax))
    return (
        frame.groupby(["l_returnflag", "l_linestatus"])
        .agg(
            sum_qty=("l_quantity", "sum"),
            sum_base_price=("l_extendedprice", "sum"),
            sum_disc_price=("disc_price", "sum"),
            sum_charge=("charge", "sum"),
            avg_qty=("l_quantity", "mean"),
            avg_price=("l_extendedprice", "mean"),
            avg_disc=("l_discount", "mean"),
            count_order=("l_orderkey", "count"),
        )
        .reset_index()
        .compute()
        .sort_values(["l_returnflag", "l_linestatus"])
    )


def q02(part, supplier, partsupp, nation, region, **_):
    parts = part[(part.p_size == 15) & part.p_type.str.endswith("BRASS")]
    offers = (
        parts.merge(partsupp, left_on="p_partkey", right_on="ps_partkey")
        .merge(supplier, left_on="ps_suppkey", right_on="s_suppkey")
        .merge(nation, left_on="s_nationkey", right_on="n_nationkey")
        .merge(region[region.r_name == "EUROPE"], left_on="n_regionkey", right_on="r_regionkey")
    )
    least = offers.groupby("p_partkey").ps_supplycost.min().reset_index()
    columns = ["s_acctbal", "s_name", "n_name", "p_partkey", "p_mfgr", "s_address", "s_phone", "s_comment"]
    frame = offers.merge(least, on=["p_partkey", "ps_supplycost"])[columns].compute()
    order = ["s_acctbal", "n_name", "s_name", "p_partkey"]
    return frame.sort_values(order, ascending=[False, True, True, True]).head(100)


def q03(customer, orders, lineitem, **_):
    day = datetime(1995, 3, 15)
    frame = (
        customer[customer.c_mktsegment == "BUILDING"]
        .merge(orders[orders.o_orderdate < day], left_on="c_custkey", right_on="o_custkey")
        .merge(lineitem[lineitem.l_shipdate > day], left_on="o_orderkey", right_on="l_orderkey")
    )
    frame = revenue(frame).groupby(["l_orderkey", "o_orderdate", "o_shippriority"]).revenue.sum()
    frame = frame.reset_index().compute().sort_values(["revenue", "o_orderdate"], ascending=[False, True])
    return frame[["l_orderkey", "revenue", "o_orderdate", "o_shippriority"]].head(10)


def q04(orders, lineitem, **_):
    chosen = orders[between(orders.o_orderdate, datetime(1993, 7, 1), datetime(1993, 10, 1))]
    late = lineitem[lineitem.l_commitdate < lineitem.l_receiptdate][["l_orderkey"]].drop_duplicates()
    frame = chosen.merge(late, left_on="o_orderkey", right_on="l_orderkey")
    frame = frame.groupby("o_orderpriority").o_orderkey.count().reset_index().compute()
    return frame.sort_values("o_orderpriority")


def q05(customer, orders, lineitem, supplier, nation, region, **_):
    chosen = orders[between(orders.o_orderdate, datetime(1994, 1, 1), datetime(1995, 1, 1))]
    frame = (
        region[region.r_name == "ASIA"]
        .merge(nation, left_on="r_regionkey", right_on="n_regionkey")
        .merge(customer, left_on="n_nationkey", right_on="c_nationkey")
        .merge(chosen, left_on="c_custkey", right_on="o_custkey")
        .merge(lineitem, left_on="o_orderkey", right_on="l_orderkey")
        .merge(supplier, left_on=["l_suppkey", "n_nationkey"], right_on=["s_suppkey", "s_nationkey"])
    )
    frame = revenue(frame).groupby("n_name").revenue.sum().reset_index().compute()
    return frame.sort_values("revenue", ascending=False)


def q06(lineitem, **_):
    frame = lineitem[
        between(lineitem.l_shipdate, datetime(1994, 1, 1), datetime(1995, 1, 1))
        & lineitem.l_discount.between(0.05, 0.07)
        & (lineitem.l_quantity < 24)
    ]
    return pd.DataFrame({"revenue": [(frame.l_extendedprice * frame.l_discount).sum().compute()]})


def q07(supplier, lineitem, orders, customer, nation, **_):
    both = nation[nation.n_name.isin(["FRANCE", "GERMANY"])]
    sellers = both[["n_nationkey", "n_name"]].rename(columns={"n_name": "supp_nation"})
    buyers = both[["n_nationkey", "n_name"]].rename(columns={"n_name": "cust_nation"})
    start, end = datetime(1995, 1, 1), datetime(1997, 1, 1)
    sold = supplier.merge(sellers, left_on="s_nationkey", right_on="n_nationkey").merge(
        lineitem[between(lineitem.l_shipdate, start, end)], left_on="s_suppkey", right_on="l_suppkey"
    )
    bought = customer.merge(buyers, left_on="c_nationkey", right_on="n_nationkey").merge(
        orders, left_on="c_custkey", right_on="o_custkey"
    )
    frame = sold.merge(bought, left_on="l_orderkey", right_on="o_orderkey")
    frame = frame[frame.supp_nation != frame.cust_nation]
    frame = revenue(frame.assign(l_year=frame.l_shipdate.dt.year))
    keys = ["supp_nation", "cust_nation", "l_year"]
    return frame.groupby(keys).revenue.sum().reset_index().compute().sort_values(keys)


def q08(part, supplier, lineitem, orders, customer, nation, region, **_):
    american = nation.merge(region[region.r_name == "AMERICA"], left_on="n_regionkey", right_on="r_regionkey")
    chosen = orders[between(orders.o_orderdate, datetime(1995, 1, 1), datetime(1997, 1, 1))]
    frame = (
        part[part.p_type == "ECONOMY ANODIZED STEEL"]
        .merge(lineitem, left_on="p_partkey", right_on="l_partkey")
        .merge(chosen, left_on="l_orderkey", right_on="o_orderkey")
        .merge(customer, left_on="o_custkey", right_on="c_custkey")
        .merge(american[["n_nationkey"]], left_on="c_nationkey", right_on="n_nationkey")
        .merge(supplier, left_on="l_suppkey", right_on="s_suppkey")
        .merge(nation[["n_nationkey", "n_name"]], left_on="s_nationkey", right_on="n_nationkey")
    )
    frame = revenue(frame.assign(o_year=frame.o_orderdate.dt.year))
    frame = frame.assign(brazil=frame.revenue.where(frame.n_name == "BRAZIL", 0.0))
    sums = frame.groupby("o_year")[["brazil", "revenue"]].sum().compute().reset_index().sort_values("o_year")
    return pd.DataFrame({"o_year": sums.o_year, "mkt_share": sums.brazil / sums.revenue})


def q09(part, supplier, lineitem, partsupp, orders, nation, **_):
    frame = (
        part[part.p_name.str.contains("green", regex=False)]
        .merge(lineitem, left_on="p_partkey", right_on="l_partkey")
        .merge(partsupp, left_on=["p_partkey", "l_suppkey"], right_on=["ps_partkey", "ps_suppkey"])
        .merge(supplier, left_on="l_suppkey", right_on="s_suppkey")
        .merge(orders, left_on="l_orderkey", right_on="o_orderkey")
        .merge(nation, left_on="s_nationkey", right_on="n_nationkey")
    )
    frame = frame.assign(
        o_year=frame.o_orderdate.dt.year,
        amount=frame.l_extendedprice * (1 - frame.l_discount) - frame.ps_supplycost * frame.l_quantity,
    )
    frame = frame.groupby(["n_name", "o_year"]).amount.sum().reset_index().compute()
    return frame.sort_values(["n_name", "o_year"], ascending=[True, False])


def q10(customer, orders, lineitem, nation, **_):
    frame = (
        orders[between(orders.o_orderdate, datetime(1993, 10, 1), datetime(1994, 1, 1))]
        .merge(lineitem[lineitem.l_returnflag == "R"], left_on="o_orderkey", right_on="l_orderkey")
        .merge(customer, left_on="o_custkey", right_on="c_custkey")
        .merge(nation, left_on="c_nationkey", right_on="n_nationkey")
    )
    keys = ["c_custkey", "c_name", "c_acctbal", "c_phone", "n_name", "c_address", "c_comment"]
    frame = revenue(frame).groupby(keys).revenue.sum().reset_index().compute()
    columns = ["c_custkey", "c_name", "revenue", "c_acctbal", "n_name", "c_address", "c_phone", "c_comment"]
    return frame.sort_values("revenue", ascending=False)[columns].head(20)


def q11(partsupp, supplier, nation, **_):
    frame = partsupp.merge(supplier, left_on="ps_suppkey", right_on="s_suppkey").merge(
        nation[nation.n_name == "GERMANY"], left_on="s_nationkey", right_on="n_nationkey"
    )
    frame = frame.assign(value=frame.ps_supplycost * frame.ps_availqty)
    frame = frame.groupby("ps_partkey").value.sum().reset_index().compute()
    frame = frame[frame.value > frame.value.sum() * (0.0001 / SIZE["scale"])]
    return frame.sort_values("value", ascending=False)


def q12(orders, lineitem, **_):
    chosen = lineitem[
        lineitem.l_shipmode.isin(["MAIL", "SHIP"])
        & (lineitem.l_commitdate < lineitem.l_receiptdate)
        & (lineitem.l_shipdate < lineitem.l_commitdate)
        & between(lineitem.l_receiptdate, datetime(1994, 1, 1), datetime(1995, 1, 1))
    ]
    frame = chosen.merge(orders, left_on="l_orderkey", right_on="o_orderkey")
    urgent = frame.o_orderpriority.isin(["1-URGENT", "2-HIGH"])
    frame = frame.assign(high_line_count=urgent.astype(int), low_line_count=(~urgent).astype(int))
    frame = frame.groupby("l_shipmode")[["high_line_count", "low_line_count"]].sum().compute()
    return frame.reset_index().sort_values("l_shipmode")


def q13(customer, orders, **_):
    ordinary = orders[~orders.o_comment.str.contains("special.*requests")]
    frame = customer[["c_custkey"]].merge(
        ordinary[["o_orderkey", "o_custkey"]], left_on="c_custkey", right_on="o_custkey", how="left"
    )
    counts = frame.groupby("c_custkey").o_orderkey.count().rename("c_count").reset_index()
    frame = counts.groupby("c_count").c_custkey.count().rename("custdist").reset_index().compute()
    return frame.sort_values(["custdist", "c_count"], ascending=False)


def q14(lineitem, part, **_):
    chosen = lineitem[between(lineitem.l_shipdate, datetime(1995, 9, 1), datetime(1995, 10, 1))]
    frame = revenue(chosen.merge(part, left_on="l_partkey", right_on="p_partkey"))
    promoted = frame.revenue.where(frame.p_type.str.startswith("PROMO"), 0.0)
    sums = dask.compute(promoted.sum(), frame.revenue.sum())
    return pd.DataFrame({"promo_revenue": [100 * sums[0] / sums[1]]})


def q15(lineitem, supplier, **_):
    chosen = lineitem[between(lineitem.l_shipdate, datetime(1996, 1, 1), datetime(1996, 4, 1))]
    sums = revenue(chosen).groupby("l_suppkey").revenue.sum().rename("total_revenue").reset_index()
    best = sums[sums.total_revenue == sums.total_revenue.max()]
    frame = supplier.merge(best, left_on="s_suppkey", right_on="l_suppkey")
    columns = ["s_suppkey", "s_name", "s_address", "s_phone", "total_revenue"]
    return frame[columns].compute().sort_values("s_suppkey")


def q16(partsupp, part, supplier, **_):
    complaints = supplier[supplier.s_comment.str.contains("Customer.*Complaints")].s_suppkey.compute()
    parts = part[
        (part.p_brand != "Brand#45")
        & ~part.p_type.str.startswith("MEDIUM POLISHED")
        & part.p_size.isin([49, 14, 23, 45, 19, 3, 36, 9])
    ]
    frame = parts.merge(
        partsupp[~partsupp.ps_suppkey.isin(complaints.tolist())], left_on="p_partkey", right_on="ps_partkey"
    )
    keys = ["p_brand", "p_type", "p_size"]
    frame = frame[[*keys, "ps_suppkey"]].drop_duplicates().groupby(keys).ps_suppkey.count()
    frame = frame.rename("supplier_cnt").reset_index().compute()
    return frame.sort_values(["supplier_cnt", *keys], ascending=[False, True, True, True])


def q17(lineitem, part, **_):
    parts = part[(part.p_brand == "Brand#23") & (part.p_container == "MED BOX")]
    frame = parts[["p_partkey"]].merge(lineitem, left_on="p_partkey", right_on="l_partkey")
    fifth = (0.2 * frame.groupby("p_partkey").l_quantity.mean()).rename("fifth").reset_index()
    frame = frame.merge(fifth, on="p_partkey")
    total = frame[frame.l_quantity < frame.fifth].l_extendedprice.sum().compute()
    return pd.DataFrame({"avg_yearly": [total / 7]})


def q18(customer, orders, lineitem, **_):
    large = lineitem.groupby("l_orderkey").l_quantity.sum(split_out=True).rename("sum_qty").reset_index()
    frame = orders.merge(large[large.sum_qty > 300], left_on="o_orderkey", right_on="l_orderkey").merge(
        customer, left_on="o_custkey", right_on="c_custkey"
    )
    columns = ["c_name", "c_custkey", "o_orderkey", "o_orderdate", "o_totalprice", "sum_qty"]
    frame = frame[columns].compute()
    return frame.sort_values(["o_totalprice", "o_orderdate"], ascending=[False, True]).head(100)


def q19(lineitem, part, **_):
    chosen = lineitem[
        lineitem.l_shipmode.isin(["AIR", "AIR REG"]) & (lineitem.l_shipinstruct == "DELIVER IN PERSON")
    ]
    frame = chosen.merge(part, left_on="l_partkey", right_on="p_partkey")

    def kind(brand, container, endings, quantity, size):
        return (
            (frame.p_brand == brand)
            & frame.p_container.isin([f"{container} {ending}" for ending in endings])
            & frame.l_quantity.between(quantity, quantity + 10)
            & frame.p_size.between(1, size)
        )

    frame = frame[
        kind("Brand#12", "SM", ["CASE", "BOX", "PACK", "PKG"], 1, 5)
        | kind("Brand#23", "MED", ["BAG", "BOX", "PKG", "PACK"], 10, 10)
        | kind("Brand#34", "LG", ["CASE", "BOX", "PACK", "PKG"], 20, 15)
    ]
    return pd.DataFrame({"revenue": [revenue(frame).revenue.sum().compute()]})


def q20(supplier, nation, partsupp, part, lineitem, **_):
    chosen = lineitem[between(lineitem.l_shipdate, datetime(1994, 1, 1), datetime(1995, 1, 1))]
    offers = part[part.p_name.str.startswith("forest")][["p_partkey"]].merge(
        partsupp, left_on="p_partkey", right_on="ps_partkey"
    )
    frame = offers.merge(chosen, left_on=["p_partkey", "ps_suppkey"], right_on=["l_partkey", "l_suppkey"])
    shipped = (
        frame.groupby(["p_partkey", "ps_suppkey"]).agg({"ps_availqty": "first", "l_quantity": "sum"}).reset_index()
    )
    excess = shipped[shipped.ps_availqty > 0.5 * shipped.l_quantity][["ps_suppkey"]].drop_duplicates()
    frame = supplier.merge(
        nation[nation.n_name == "CANADA"], left_on="s_nationkey", right_on="n_nationkey"
    ).merge(excess, left_on="s_suppkey", right_on="ps_suppkey")
    return frame[["s_name", "s_address"]].compute().sort_values("s_name")


def q21(supplier, lineitem, orders, nation, **_):
    lines = lineitem.assign(late=lineitem.l_receiptdate > lineitem.l_commitdate)
    suspects = (
        supplier.merge(nation[nation.n_name == "SAUDI ARABIA"], left_on="s_nationkey", right_on="n_nationkey")
        .merge(lines[lines.late], left_on="s_suppkey", right_on="l_suppkey")
        .merge(orders[orders.o_orderstatus == "F"], left_on="l_orderkey", right_on="o_orderkey")
    )[["l_orderkey", "s_name"]]
    waiting = suspects[["l_orderkey"]].drop_duplicates()
    pairs = lines[["l_orderkey", "l_suppkey", "late"]].merge(waiting, on="l_orderkey")
    pairs = pairs.groupby(["l_orderkey", "l_suppkey"]).late.max().reset_index()
    counts = pairs.groupby("l_orderkey").agg({"l_suppkey": "count", "late": "sum"}).reset_index()
    blamed = counts[(counts.l_suppkey > 1) & (counts.late == 1)][["l_orderkey"]]
    frame = suspects.merge(blamed, on="l_orderkey").groupby("s_name").l_orderkey.count()
    frame = frame.rename("numwait").reset_index().compute()
    return frame.sort_values(["numwait", "s_name"], ascending=[False, True]).head(100)


def q22(customer, orders, **_):
    chosen = customer.assign(cntrycode=customer.c_phone.str.slice(0, 2))
    chosen = chosen[chosen.cntrycode.isin(["13", "31", "23", "29", "30", "18", "17"])]
    average = chosen[chosen.c_acctbal > 0].c_acctbal.mean()
    buyers = orders[["o_custkey"]].drop_duplicates()
    frame = chosen[chosen.c_acctbal > average].merge(
        buyers, left_on="c_custkey", right_on="o_custkey", how="left"
    )
    frame = frame[frame.o_custkey.isna()]
    frame = frame.groupby("cntrycode").agg({"c_custkey": "count", "c_acctbal": "sum"}).reset_index().compute()
    return frame.sort_values("cntrycode")


def answer(query):
    tables = {name: dd.read_parquet(f"{ARGS['data']['tables']}/{name}.parquet") for name in TABLES}
    return digest(query(**tables))


measure_parts(
    {f"q{i:02d}": lambda query=globals()[f"q{i:02d}"]: answer(query) for i in range(1, 23)},
    f"Dask {dask.__version__}, pandas {pd.__version__}",
)
