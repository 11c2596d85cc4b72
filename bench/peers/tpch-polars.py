from datetime import datetime, timedelta

import polars as pl
from harness import ARGS, SIZE, digest, measure_parts
from polars import col

TABLES = ["lineitem", "orders", "customer", "part", "partsupp", "supplier", "nation", "region"]
REVENUE = (col("l_extendedprice") * (1 - col("l_discount"))).sum()


def q01(lineitem, **_):
    price = col("l_extendedprice") * (1 - col("l_discount"))
    return (
        lineitem.filter(col("l_shipdate") <= datetime(1998, 12, 1) - timedelta(days=90))
        .group_by("l_returnflag", "l_linestatus")
        .agg(
            sum_qty=col("l_quantity").sum(),
            sum_base_price=col("l_extendedprice").sum(),
            sum_disc_price=price.sum(),
            sum_charge=(price * (1 + col("l_tax"))).sum(),
            avg_qty=col("l_quantity").mean(),
            avg_price=col("l_extendedprice").mean(),
            avg_disc=col("l_discount").mean(),
            count_order=pl.len(),
        )
        .sort("l_returnflag", "l_linestatus")
    )


def q02(part, supplier, partsupp, nation, region, **_):
    offers = (
        part.filter(col("p_size") == 15, col("p_type").str.ends_with("BRASS"))
        .join(partsupp, left_on="p_partkey", right_on="ps_partkey")
        .join(supplier, left_on="ps_suppkey", right_on="s_suppkey")
        .join(nation, left_on="s_nationkey", right_on="n_nationkey")
        .join(region.filter(col("r_name") == "EUROPE"), left_on="n_regionkey", right_on="r_regionkey")
    )
    least = offers.group_by("p_partkey").agg(col("ps_supplycost").min())
    return (
        offers.join(least, on=["p_partkey", "ps_supplycost"])
        .select("s_acctbal", "s_name", "n_name", "p_partkey", "p_mfgr", "s_address", "s_phone", "s_comment")
        .sort("s_acctbal", "n_name", "s_name", "p_partkey", descending=[True, False, False, False])
        .head(100)
    )


def q03(customer, orders, lineitem, **_):
    day = datetime(1995, 3, 15)
    return (
        customer.filter(col("c_mktsegment") == "BUILDING")
        .join(orders.filter(col("o_orderdate") < day), left_on="c_custkey", right_on="o_custkey")
        .join(lineitem.filter(col("l_shipdate") > day), left_on="o_orderkey", right_on="l_orderkey")
        .group_by("o_orderkey", "o_orderdate", "o_shippriority")
        .agg(revenue=REVENUE)
        .select(col("o_orderkey").alias("l_orderkey"), "revenue", "o_orderdate", "o_shippriority")
        .sort("revenue", "o_orderdate", descending=[True, False])
        .head(10)
    )


def q04(orders, lineitem, **_):
    return (
        orders.filter(col("o_orderdate") >= datetime(1993, 7, 1), col("o_orderdate") < datetime(1993, 10, 1))
        .join(
            lineitem.filter(col("l_commitdate") < col("l_receiptdate")),
            left_on="o_orderkey",
            right_on="l_orderkey",
            how="semi",
        )
        .group_by("o_orderpriority")
        .agg(order_count=pl.len())
        .sort("o_orderpriority")
    )


def q05(customer, orders, lineitem, supplier, nation, region, **_):
    return (
        region.filter(col("r_name") == "ASIA")
        .join(nation, left_on="r_regionkey", right_on="n_regionkey")
        .join(customer, left_on="n_nationkey", right_on="c_nationkey")
        .join(
            orders.filter(col("o_orderdate") >= datetime(1994, 1, 1), col("o_orderdate") < datetime(1995, 1, 1)),
            left_on="c_custkey",
            right_on="o_custkey",
        )
        .join(lineitem, left_on="o_orderkey", right_on="l_orderkey")
        .join(supplier, left_on=["l_suppkey", "n_nationkey"], right_on=["s_suppkey", "s_nationkey"])
        .group_by("n_name")
        .agg(revenue=REVENUE)
        .sort("revenue", descending=True)
    )


def q06(lineitem, **_):
    return lineitem.filter(
        col("l_shipdate") >= datetime(1994, 1, 1),
        col("l_shipdate") < datetime(1995, 1, 1),
        col("l_discount").is_between(0.05, 0.07),
        col("l_quantity") < 24,
    ).select(revenue=(col("l_extendedprice") * col("l_discount")).sum())


def q07(supplier, lineitem, orders, customer, nation, **_):
    both = nation.filter(col("n_name").is_in(["FRANCE", "GERMANY"]))
    sellers = both.select("n_nationkey", supp_nation="n_name")
    buyers = both.select("n_nationkey", cust_nation="n_name")
    return (
        lineitem.filter(col("l_shipdate").is_between(datetime(1995, 1, 1), datetime(1996, 12, 31)))
        .join(supplier, left_on="l_suppkey", right_on="s_suppkey")
        .join(sellers, left_on="s_nationkey", right_on="n_nationkey")
        .join(orders, left_on="l_orderkey", right_on="o_orderkey")
        .join(customer, left_on="o_custkey", right_on="c_custkey")
        .join(buyers, left_on="c_nationkey", right_on="n_nationkey")
        .filter(col("supp_nation") != col("cust_nation"))
        .group_by("supp_nation", "cust_nation", l_year=col("l_shipdate").dt.year())
        .agg(revenue=REVENUE)
        .sort("supp_nation", "cust_nation", "l_year")
    )


def q08(part, supplier, lineitem, orders, customer, nation, region, **_):
    american = nation.join(
        region.filter(col("r_name") == "AMERICA"), left_on="n_regionkey", right_on="r_regionkey"
    ).select("n_nationkey")
    return (
        part.filter(col("p_type") == "ECONOMY ANODIZED STEEL")
        .join(lineitem, left_on="p_partkey", right_on="l_partkey")
        .join(supplier, left_on="l_suppkey", right_on="s_suppkey")
        .join(orders, left_on="l_orderkey", right_on="o_orderkey")
        .filter(col("o_orderdate").is_between(datetime(1995, 1, 1), datetime(1996, 12, 31)))
        .join(customer, left_on="o_custkey", right_on="c_custkey")
        .join(american, left_on="c_nationkey", right_on="n_nationkey")
        .join(nation, left_on="s_nationkey", right_on="n_nationkey")
        .with_columns(volume=col("l_extendedprice") * (1 - col("l_discount")))
        .group_by(o_year=col("o_orderdate").dt.year())
        .agg(mkt_share=col("volume").filter(col("n_name") == "BRAZIL").sum() / col("volume").sum())
        .sort("o_year")
    )


def q09(part, supplier, lineitem, partsupp, orders, nation, **_):
    amount = col("l_extendedprice") * (1 - col("l_discount")) - col("ps_supplycost") * col("l_quantity")
    return (
        part.filter(col("p_name").str.contains("green", literal=True))
        .join(lineitem, left_on="p_partkey", right_on="l_partkey")
        .join(partsupp, left_on=["p_partkey", "l_suppkey"], right_on=["ps_partkey", "ps_suppkey"])
        .join(supplier, left_on="l_suppkey", right_on="s_suppkey")
        .join(orders, left_on="l_orderkey", right_on="o_orderkey")
        .join(nation, left_on="s_nationkey", right_on="n_nationkey")
        .group_by(nation="n_name", o_year=col("o_orderdate").dt.year())
        .agg(sum_profit=amount.sum())
        .sort("nation", "o_year", descending=[False, True])
    )


def q10(customer, orders, lineitem, nation, **_):
    return (
        customer.join(
            orders.filter(col("o_orderdate") >= datetime(1993, 10, 1), col("o_orderdate") < datetime(1994, 1, 1)),
            left_on="c_custkey",
            right_on="o_custkey",
        )
        .join(lineitem.filter(col("l_returnflag") == "R"), left_on="o_orderkey", right_on="l_orderkey")
        .join(nation, left_on="c_nationkey", right_on="n_nationkey")
        .group_by("c_custkey", "c_name", "c_acctbal", "c_phone", "n_name", "c_address", "c_comment")
        .agg(revenue=REVENUE)
        .select("c_custkey", "c_name", "revenue", "c_acctbal", "n_name", "c_address", "c_phone", "c_comment")
        .sort("revenue", descending=True)
        .head(20)
    )


def q11(partsupp, supplier, nation, **_):
    stock = partsupp.join(supplier, left_on="ps_suppkey", right_on="s_suppkey").join(
        nation.filter(col("n_name") == "GERMANY"), left_on="s_nationkey", right_on="n_nationkey"
    )
    return (
        stock.group_by("ps_partkey")
        .agg(value=(col("ps_supplycost") * col("ps_availqty")).sum())
        .filter(col("value") > col("value").sum() * (0.0001 / SIZE["scale"]))
        .sort("value", descending=True)
    )


def q12(orders, lineitem, **_):
    urgent = col("o_orderpriority").is_in(["1-URGENT", "2-HIGH"])
    return (
        lineitem.filter(
            col("l_shipmode").is_in(["MAIL", "SHIP"]),
            col("l_commitdate") < col("l_receiptdate"),
            col("l_shipdate") < col("l_commitdate"),
            col("l_receiptdate") >= datetime(1994, 1, 1),
            col("l_receiptdate") < datetime(1995, 1, 1),
        )
        .join(orders, left_on="l_orderkey", right_on="o_orderkey")
        .group_by("l_shipmode")
        .agg(high_line_count=urgent.sum(), low_line_count=(~urgent).sum())
        .sort("l_shipmode")
    )


def q13(customer, orders, **_):
    ordinary = orders.filter(~col("o_comment").str.contains("special.*requests"))
    return (
        customer.join(ordinary, left_on="c_custkey", right_on="o_custkey", how="left")
        .group_by("c_custkey")
        .agg(c_count=col("o_orderkey").count())
        .group_by("c_count")
        .agg(custdist=pl.len())
        .sort("custdist", "c_count", descending=True)
    )


def q14(lineitem, part, **_):
    price = col("l_extendedprice") * (1 - col("l_discount"))
    return (
        lineitem.filter(col("l_shipdate") >= datetime(1995, 9, 1), col("l_shipdate") < datetime(1995, 10, 1))
        .join(part, left_on="l_partkey", right_on="p_partkey")
        .select(promo_revenue=100 * price.filter(col("p_type").str.starts_with("PROMO")).sum() / price.sum())
    )


def q15(lineitem, supplier, **_):
    return (
        lineitem.filter(col("l_shipdate") >= datetime(1996, 1, 1), col("l_shipdate") < datetime(1996, 4, 1))
        .group_by("l_suppkey")
        .agg(total_revenue=REVENUE)
        .filter(col("total_revenue") == col("total_revenue").max())
        .join(supplier, left_on="l_suppkey", right_on="s_suppkey")
        .select(col("l_suppkey").alias("s_suppkey"), "s_name", "s_address", "s_phone", "total_revenue")
        .sort("s_suppkey")
    )


def q16(partsupp, part, supplier, **_):
    complaints = supplier.filter(col("s_comment").str.contains("Customer.*Complaints"))
    return (
        part.filter(
            col("p_brand") != "Brand#45",
            ~col("p_type").str.starts_with("MEDIUM POLISHED"),
            col("p_size").is_in([49, 14, 23, 45, 19, 3, 36, 9]),
        )
        .join(partsupp, left_on="p_partkey", right_on="ps_partkey")
        .join(complaints, left_on="ps_suppkey", right_on="s_suppkey", how="anti")
        .group_by("p_brand", "p_type", "p_size")
        .agg(supplier_cnt=col("ps_suppkey").n_unique())
        .sort("supplier_cnt", "p_brand", "p_type", "p_size", descending=[True, False, False, False])
    )


def q17(lineitem, part, **_):
    ordered = part.filter(col("p_brand") == "Brand#23", col("p_container") == "MED BOX").join(
        lineitem, left_on="p_partkey", right_on="l_partkey"
    )
    mean = ordered.group_by("p_partkey").agg(fifth=0.2 * col("l_quantity").mean())
    return (
        ordered.join(mean, on="p_partkey")
        .filter(col("l_quantity") < col("fifth"))
        .select(avg_yearly=col("l_extendedprice").sum() / 7)
    )


def q18(customer, orders, lineitem, **_):
    large = lineitem.group_by("l_orderkey").agg(sum_qty=col("l_quantity").sum()).filter(col("sum_qty") > 300)
    return (
        orders.join(large, left_on="o_orderkey", right_on="l_orderkey")
        .join(customer, left_on="o_custkey", right_on="c_custkey")
        .select("c_name", col("o_custkey").alias("c_custkey"), "o_orderkey", "o_orderdate", "o_totalprice", "sum_qty")
        .sort("o_totalprice", "o_orderdate", descending=[True, False])
        .head(100)
    )


def q19(lineitem, part, **_):
    def kind(brand, container, endings, quantity, size):
        return (
            (col("p_brand") == brand)
            & col("p_container").is_in([f"{container} {ending}" for ending in endings])
            & col("l_quantity").is_between(quantity, quantity + 10)
            & col("p_size").is_between(1, size)
        )

    return (
        lineitem.filter(
            col("l_shipmode").is_in(["AIR", "AIR REG"]), col("l_shipinstruct") == "DELIVER IN PERSON"
        )
        .join(part, left_on="l_partkey", right_on="p_partkey")
        .filter(
            kind("Brand#12", "SM", ["CASE", "BOX", "PACK", "PKG"], 1, 5)
            | kind("Brand#23", "MED", ["BAG", "BOX", "PKG", "PACK"], 10, 10)
            | kind("Brand#34", "LG", ["CASE", "BOX", "PACK", "PKG"], 20, 15)
        )
        .select(revenue=REVENUE)
    )


def q20(supplier, nation, partsupp, part, lineitem, **_):
    excess = (
        part.filter(col("p_name").str.starts_with("forest"))
        .join(partsupp, left_on="p_partkey", right_on="ps_partkey")
        .join(
            lineitem.filter(col("l_shipdate") >= datetime(1994, 1, 1), col("l_shipdate") < datetime(1995, 1, 1)),
            left_on=["p_partkey", "ps_suppkey"],
            right_on=["l_partkey", "l_suppkey"],
        )
        .group_by("p_partkey", "ps_suppkey", "ps_availqty")
        .agg(shipped=col("l_quantity").sum())
        .filter(col("ps_availqty") > 0.5 * col("shipped"))
    )
    return (
        supplier.join(nation.filter(col("n_name") == "CANADA"), left_on="s_nationkey", right_on="n_nationkey")
        .join(excess, left_on="s_suppkey", right_on="ps_suppkey", how="semi")
        .select("s_name", "s_address")
        .sort("s_name")
    )


def q21(supplier, lineitem, orders, nation, **_):
    late = col("l_receiptdate") > col("l_commitdate")
    suspects = (
        lineitem.filter(late)
        .join(supplier, left_on="l_suppkey", right_on="s_suppkey")
        .join(nation.filter(col("n_name") == "SAUDI ARABIA"), left_on="s_nationkey", right_on="n_nationkey")
        .join(orders.filter(col("o_orderstatus") == "F"), left_on="l_orderkey", right_on="o_orderkey")
        .select("l_orderkey", "s_name")
    )
    blamed = (
        lineitem.join(suspects, on="l_orderkey", how="semi")
        .group_by("l_orderkey", "l_suppkey")
        .agg(late=late.any())
        .group_by("l_orderkey")
        .agg(suppliers=pl.len(), late=col("late").sum())
        .filter(col("suppliers") > 1, col("late") == 1)
    )
    return (
        suspects.join(blamed, on="l_orderkey", how="semi")
        .group_by("s_name")
        .agg(numwait=pl.len())
        .sort("numwait", "s_name", descending=[True, False])
        .head(100)
    )


def q22(customer, orders, **_):
    chosen = customer.with_columns(cntrycode=col("c_phone").str.slice(0, 2)).filter(
        col("cntrycode").is_in(["13", "31", "23", "29", "30", "18", "17"])
    )
    return (
        chosen.filter(col("c_acctbal") > col("c_acctbal").filter(col("c_acctbal") > 0).mean())
        .join(orders, left_on="c_custkey", right_on="o_custkey", how="anti")
        .group_by("cntrycode")
        .agg(numcust=pl.len(), totacctbal=col("c_acctbal").sum())
        .sort("cntrycode")
    )


def answer(query):
    tables = {name: pl.scan_parquet(f"{ARGS['data']['tables']}/{name}.parquet/*.parquet") for name in TABLES}
    return digest(query(**tables).collect())


measure_parts(
    {f"q{i:02d}": lambda query=globals()[f"q{i:02d}"]: answer(query) for i in range(1, 23)},
    f"Polars {pl.__version__}",
)
