"""
Verbs of whole frames: selecting, sorting, duplicates, joins, concat, pivot, melt, explode, describe, SQL.

The truth is pandas, but for keys that are null: in SQL, Polars and here a null key equals nothing, in pandas it equals other nulls; there Polars is the
truth. Nulls sort last, as in pandas.
"""

import duckdb
import pandas as pd
import polars as pl

NAN = float("nan")


def add(book):
    d, p = book.frame("people", {
        "id": ("int64", [1, 2, 3, None, 5, 3, 7]),
        "name": ("string", ["Ada", "bob", None, "Éva", "bob", "zoë", ""]),
        "age": ("float64", [36.0, None, 20.5, 1.0, NAN, 99.0, -1.0]),
        "when": ("timestamp", ["2024-01-01T10:00:00", "2024-01-01T09:00:00", None, "2024-01-02T00:00:00", "1969-01-01T00:00:00", "2024-01-01T10:00:00", "2030-01-01T00:00:00"]),
    })
    e, q = book.frame("orders", {
        "id": ("int64", [3, 1, None, 3, 8, 1]),
        "pid": ("int32", [1, 2, None, 3, 3, 9]),
        "name": ("string", ["x", "bob", None, "y", "Ada", "bob"]),
        "total": ("float64", [10.0, None, 5.5, -2.0, 7.0, 1.0]),
    })
    c = pl.col
    plan = book.plan

    # Columns and rows.
    plan("select", "people.select('name', 'id')", d[["name", "id"]])
    plan("select", "people.select('id', { next: col('id').add(1) })", d.assign(next=d["id"] + 1)[["id", "next"]])
    plan("select", "people.withColumns({ id: col('id').mul(2), old: col('age').gt(30) })", p.with_columns(id=c("id") * 2, old=c("age") > 30))
    plan("select", "people.drop('age', 'when')", d.drop(columns=["age", "when"]))
    plan("select", "people.rename({ id: 'key', age: 'years' })", p.rename({"id": "key", "age": "years"}))
    plan("select", "people.select('id').cast({ id: 'float64' })", d[["id"]].astype({"id": "Float64"}))
    plan("select", "people.withColumns({ k: 1 })", p.with_columns(k=pl.lit(1)))
    plan("select", "orders.withColumns({ a: col('total') }).withColumns({ a: col('a').add(1), b: col('a') })", q.with_columns(a=c("total")).with_columns(a=c("a") + 1, b=c("a")))
    plan("filter", "people.filter(col('id').gt(2))", p.filter(c("id") > 2))
    plan("filter", "people.filter(col('id').gt(1), col('name').eq('bob'))", p.filter(c("id") > 1, c("name") == "bob"))
    plan("filter", "people.filter(col('id').gt(2).not())", p.filter(~(c("id") > 2)))
    plan("filter", "people.filter(col('age').isNaN())", p.filter(c("age").is_nan()))
    plan("filter", "people.filter(col('when').lt(new Date('2024-01-01T10:00:00Z')))", p.filter(c("when") < pl.datetime(2024, 1, 1, 10)))
    plan("filter", "people.filter(col('name').isNull().or(col('id').isNull()))", p.filter(c("name").is_null() | c("id").is_null()))
    plan("filter", "people.filter(lit(false))", p.head(0))
    for k in (0, 3, 100):
        plan("rows", f"people.head({k})", p.head(k))
        plan("rows", f"people.tail({k})", p.tail(k))
        plan("rows", f"people.limit({k}, 2)", p.slice(2, k))
        plan("rows", f"people.slice(1, {k})", p.slice(1, max(0, k - 1)))
    for by in ("id", "name", "age", "when"):
        for descending in (False, True):
            key = f"desc('{by}')" if descending else f"'{by}'"
            plan("sort", f"people.sort({key}, 'id', 'name')", p.sort([by, "id", "name"] if by != "id" else ["id", "name"], descending=[descending] + [False] * (2 if by != "id" else 1), nulls_last=True, maintain_order=True) if by != "name" else p.sort(["name", "id"], descending=[descending, False], nulls_last=True, maintain_order=True))
    for key, descending in (("pid", False), ("name", True), ("id", True)):
        ours = f"desc('{key}')" if descending else f"'{key}'"
        plan("sort", f"orders.sort({ours}, {{ stable: true }})", q.sort(key, descending=descending, nulls_last=True, maintain_order=True))
    for key, by, descending in [("'age'", ["age", "id", "name"], False), ("desc('age')", ["age", "id", "name"], True), ("'name'", ["name", "id"], False), ("desc('name')", ["name", "id"], True)]:
        others = [False] * (len(by) - 1)
        rest = ", ".join(f"'{one}'" for one in by[1:])
        plan("sort", f"people.sort({key}, {rest}, {{ nulls: 'first' }})", p.sort(by, descending=[descending] + others, nulls_last=False, maintain_order=True))
        plan("sort", f"people.sort({key}, {{ nulls: 'first', stable: true }})", p.sort(by[0], descending=descending, nulls_last=False, maintain_order=True))
        plan("sort", f"people.sort({key}, {rest}, {{ nulls: 'first' }}).head(3)", p.sort(by, descending=[descending] + others, nulls_last=False, maintain_order=True).head(3))
    plan("sort", "people.sort(col('id').mod(3), 'age')", p.sort(c("id") % 3, "age", nulls_last=True))
    plan("sort", "people.nLargest(2, 'id')", p.sort("id", descending=True, nulls_last=True, maintain_order=True).head(2))
    plan("sort", "people.nSmallest(2, 'age')", p.filter(~c("age").is_nan()).sort("age", nulls_last=True).head(2))
    plan("distinct", "orders.select('id').distinct()", q.select("id").unique(), any_order=True)
    plan("distinct", "people.distinct('name')", d.drop_duplicates("name"))
    plan("distinct", "people.distinct('id')", d.drop_duplicates("id"))
    plan("distinct", "orders.distinct('id', 'name')", e.drop_duplicates(["id", "name"]))
    for keep, ours in (("first", "first"), ("last", "last"), (False, "none")):
        plan("distinct", f"people.distinct('name', {{ keep: '{ours}' }})", d.drop_duplicates("name", keep=keep))
        plan("distinct", f"orders.distinct('id', 'name', {{ keep: '{ours}' }})", e.drop_duplicates(["id", "name"], keep=keep))
        plan("distinct", f"orders.select('id', 'name').distinct({{ keep: '{ours}' }})", e[["id", "name"]].drop_duplicates(keep=keep))
    plan("distinct", "orders.distinct()", e.drop_duplicates(), any_order=True)
    plan("nulls", "people.dropNulls()", p.drop_nulls())
    plan("nulls", "people.dropNulls('id', 'name')", p.drop_nulls(["id", "name"]))
    plan("nulls", "people.fillNull({ id: 0, name: '?' })", p.with_columns(c("id").fill_null(0), c("name").fill_null("?")))
    plan("nulls", "people.fillForward('id', 'age')", p.with_columns(c("id", "age").fill_null(strategy="forward")))
    plan("nulls", "people.fillBackward()", p.fill_null(strategy="backward"))
    plan("nulls", "orders.select({ n: col('id').isNull().sum() })", pl.DataFrame({"n": [1]}))
    plan("distinct", "people.select({ again: rowNumber({ partitionBy: 'name' }).gt(1) })", pd.DataFrame({"again": d["name"].duplicated().astype("boolean")}))
    for frame, empty in (("nothing", True), ("nulls", False)):
        columns = {"i": pl.Int64, "x": pl.Float64}
        r = pl.DataFrame({k: [] if empty else [None] * 3 for k in columns}, schema=columns)
        plan("nulls", f"{frame}.select('i', 'x').sort('i')", r)
        plan("nulls", f"{frame}.select('i', 'x').distinct()", r.unique())
        plan("nulls", f"{frame}.select('i', 'x').dropNulls()", r.head(0))
        plan("nulls", f"{frame}.select('i', 'x').head(1)", r.head(1))
        plan("nulls", f"{frame}.select('i', 'x').tail(1)", r.tail(1))

    # Joins. Null keys match nothing; rows come in no order.
    for how in ("inner", "left", "right", "full", "semi", "anti"):
        polars = {"right": "right"}.get(how, how)
        r = p.join(q, on="id", how=polars, coalesce=None if how in ("semi", "anti") else True)
        if how == "right":
            r = r.select("id", *[n for n in r.columns if n not in ("id", "name_right", "pid", "total")], "pid", "name_right", "total")
        elif how not in ("semi", "anti"):
            r = r.select("id", "name", "age", "when", "pid", "name_right", "total")
        plan("join", f"people.join(orders, {{ on: 'id', how: '{how}' }})", r, any_order=True)
        r = p.join(q, on=["id", "name"], how=polars, coalesce=None if how in ("semi", "anti") else True)
        if how not in ("semi", "anti"):
            r = r.select("id", "name", "age", "when", "pid", "total")
        plan("join", f"people.join(orders, {{ on: ['id', 'name'], how: '{how}' }})", r, any_order=True)
        if how in ("inner", "left", "semi", "anti", "full"):
            r = p.join(q.with_columns(k=c("pid").cast(pl.Int64)), left_on="id", right_on="k", how=polars, coalesce=None if how in ("semi", "anti") else False)
            if how not in ("semi", "anti"):
                r = r.select("id", "name", "age", "when", "id_right", "pid", "name_right", "total")
            plan("join", f"people.join(orders, {{ leftOn: 'id', rightOn: 'pid', how: '{how}' }})", r, any_order=True)
        for left, right, mine, theirs in (("nothing", "people", "i", "id"), ("people", "nothing", "id", "i"), ("nulls", "orders", "i", "id")):
            sql = {"inner": "join", "left": "left join", "right": "right join", "full": "full join", "semi": "semi join", "anti": "anti join"}[how]
            nothing = pl.DataFrame({"i": [], "x": []}, schema={"i": pl.Int64, "x": pl.Float64})
            nulls = pl.DataFrame({"i": [None] * 3, "x": [None] * 3}, schema={"i": pl.Int64, "x": pl.Float64})
            people, orders = p.select("id", "age"), q.select("id", "total")
            columns = {"nothing": "['i', 'x']", "nulls": "['i', 'x']", "people": "['id', 'age']", "orders": "['id', 'total']"}
            r = duckdb.sql(f"select * from {left} l {sql} {right} r on l.{mine} = r.{theirs}").pl()
            plan("join", f"{left}.select(...{columns[left]}).join({right}.select(...{columns[right]}), {{ leftOn: '{mine}', rightOn: '{theirs}', how: '{how}' }})", r, any_order=True)
    plan("join", "people.select('id').join(orders.select('total'), { how: 'cross' })", p.select("id").join(q.select("total"), how="cross"), any_order=True)
    known, priced = d[["id"]].dropna(), e[["id", "total"]].dropna(subset="id")
    marked = known.merge(priced, on="id", how="outer", indicator="from").astype({"from": "string"})
    plan("join", "people.select('id', { l: true }).dropNulls('id').join(orders.select('id', 'total', { r: true }).dropNulls('id'), { on: 'id', how: 'full' })"
         ".select('id', 'total', { from: when(col('r').isNull(), 'left_only').when(col('l').isNull(), 'right_only').otherwise('both') })", marked, any_order=True)
    for how in ("outer", "left", "right", "inner"):
        for ours, theirs in (("true", True), ("'from'", "from")):
            r = known.merge(priced, on="id", how=how, indicator=theirs).astype({"_merge" if theirs is True else theirs: "string"})
            plan("join", f"people.select('id').dropNulls('id').join(orders.select('id', 'total').dropNulls('id'), {{ on: 'id', how: '{'full' if how == 'outer' else how}', indicator: {ours} }})", r, any_order=True)
    plan("join", "people.join(orders, { on: 'id', suffix: '2' })", p.join(q, on="id", suffix="2").select("id", "name", "age", "when", "pid", "name2", "total"), any_order=True)
    plan("join", "people.select('name').join(orders.select('name', 'total'), { leftOn: col('name').str.lower(), rightOn: col('name').str.lower() })", p.select("name").join(q.select("name", "total"), left_on=c("name").str.to_lowercase(), right_on=c("name").str.to_lowercase(), coalesce=False).select("name", "name_right", "total"), any_order=True)
    first = lambda f: f.unique("id", keep="first", maintain_order=True)
    repeated = lambda f: sorted(f["id"].drop_nulls().filter(f["id"].drop_nulls().is_duplicated()).to_list())
    for validate, name in (("1:1", "one_to_one"), ("1:m", "one_to_many"), ("m:1", "many_to_one"), ("m:m", "many_to_many")):
        for left, a in (("people", p), ("people.distinct('id')", first(p))):
            for right, b in (("orders", q), ("orders.distinct('id')", first(q))):
                text = f"{left}.join({right}, {{ on: 'id', validate: '{name if left == 'people' else validate}' }})"
                try:
                    r = a.join(b, on="id", validate=validate).select("id", "name", "age", "when", "pid", "name_right", "total")
                    plan("validate", text, r, any_order=True)
                except pl.exceptions.ComputeError:
                    wrong = [(side, f) for side, f, kind in (("left", a, validate[0]), ("right", b, validate[2])) if kind == "1" and repeated(f)]
                    said = " and the " if len(wrong) > 1 else f"the {wrong[0][0]} frame has more than one row of id = {repeated(wrong[0][1])[0]}"
                    book.refused("validate", text, said)
    plan("join", "people.join(orders, { on: 'id' }).groupBy('id').agg({ t: col('total').sum() })", p.join(q, on="id").group_by("id").agg(t=c("total").sum()), any_order=True)

    f, t = book.frame("trades", {
        "time": ("timestamp", ["2024-01-01T00:00:05", "2024-01-01T00:00:10", "2024-01-01T00:00:07", "2023-01-01T00:00:00", "2024-01-01T00:01:00"]),
        "key": ("string", ["a", "b", "a", "a", "b"]), "q": ("int64", [1, 2, 3, 4, 5]),
    })
    g, u = book.frame("quotes", {
        "time": ("timestamp", ["2024-01-01T00:00:01", "2024-01-01T00:00:05", "2024-01-01T00:00:06", "2024-01-01T00:00:09", "2024-01-01T00:00:50"]),
        "key": ("string", ["a", "a", "b", "b", "a"]), "price": ("float64", [1.0, 2.0, 3.0, None, 5.0]),
    })
    f, g = f.sort_values("time"), g.sort_values("time")
    for direction in ("backward", "forward", "nearest"):
        ours = f"direction: '{direction}'"
        plan("asof", f"trades.join(quotes, {{ asof: 'time', on: 'key', {ours} }})", pd.merge_asof(f, g, on="time", by="key", direction=direction), any_order=True)
        plan("asof", f"trades.join(quotes.drop('key'), {{ asof: 'time', {ours} }})", pd.merge_asof(f, g.drop(columns="key"), on="time", direction=direction), any_order=True)
        for tolerance in (3, 5):
            plan("asof", f"trades.join(quotes, {{ asof: 'time', on: 'key', {ours}, tolerance: '{tolerance}s' }})", pd.merge_asof(f, g, on="time", by="key", direction=direction, tolerance=pd.Timedelta(seconds=tolerance)), any_order=True)
    # Several quotes of the same time: the last is meant, or forward the first; and times that are null, which pandas refuses.
    times = [None if i % 9 == 4 else i * 7 % 40 for i in range(90)]
    _, here = book.frame("asks", {"t": ("int64", times), "key": ("string", ["ab"[i % 2] for i in range(90)]), "w": ("int64", list(range(90)))})
    _, there = book.frame("bids", {"t": ("int64", [None if i == 7 else i // 3 for i in range(60)]), "key": ("string", ["ba"[i % 2] for i in range(60)]), "v": ("int64", [None if i % 11 == 5 else i for i in range(60)])})
    here, there = (f.sort("t", maintain_order=True) for f in (here, there))
    for direction in ("backward", "forward"):
        r = here.join_asof(there, on="t", by="key", strategy=direction, check_sortedness=False)
        plan("asof", f"asks.join(bids, {{ asof: 't', on: 'key', direction: '{direction}' }})", r, any_order=True)
        r = here.join_asof(there.drop("key"), on="t", strategy=direction, check_sortedness=False)
        plan("asof", f"asks.join(bids.drop('key'), {{ asof: 't', direction: '{direction}' }})", r, any_order=True)
    book.frame("marks", {"at": ("int64", [1, 5, 10]), "m": ("string", ["x", "y", "z"])})
    left, right = pl.DataFrame({"q": [1, 2, 3, 4, 5, 20]}), pl.DataFrame({"at": [1, 5, 10], "m": ["x", "y", "z"]})
    for tolerance in (None, 2):
        r = pd.merge_asof(pd.DataFrame(left.to_dict(as_series=False)), pd.DataFrame(right.to_dict(as_series=False)), left_on="q", right_on="at", direction="nearest", tolerance=tolerance)
        r["at"] = pd.array([None if pd.isna(v) else int(v) for v in r["at"]], dtype="Int64")
        ours = "" if tolerance is None else f", tolerance: {tolerance}"
        plan("asof", f"fromRows([1, 2, 3, 4, 5, 20].map((q) => ({{ q }}))).join(marks, {{ asof: ['q', 'at'], direction: 'nearest'{ours} }})", r, any_order=True)
    r = left.join_asof(right, left_on="q", right_on="at", tolerance=2, coalesce=False)
    plan("asof", "fromRows([1, 2, 3, 4, 5, 20].map((q) => ({ q }))).join(marks, { asof: ['q', 'at'], tolerance: 2 })", r, any_order=True)

    # Frames put together.
    plan("concat", "concat([people, people])", pl.concat([p, p]))
    plan("concat", "concat([people.head(2), people.tail(1).select('when', 'age', 'name', 'id')])", pl.concat([p.head(2), p.tail(1)]))
    plan("concat", "concat([people, orders], { how: 'diagonal' })", pl.concat([p, q], how="diagonal"))
    plan("concat", "concat([people, orders.rename({ id: 'o', name: 'n' })], { how: 'horizontal' })", pl.concat([p, q.rename({"id": "o", "name": "n"})], how="horizontal_extend"))
    plan("concat", "concat([people.select('id'), orders.select('total').head(2), trades.select('q')], { how: 'horizontal' })", pl.concat([p.select("id"), q.select("total").head(2), t.select("q")], how="horizontal_extend"))
    plan("concat", "concat([orders.select({ v: col('pid') }), orders.select({ v: col('total') })])", pl.concat([q.select(v=c("pid").cast(pl.Float64)), q.select(v="total")]))
    plan("concat", "concat([nothing.select('i'), people.select({ i: col('id') })])", p.select(i="id"))

    # Shapes.
    l, m = book.frame("long", {
        "day": ("int64", [1, 1, 1, 2, 2, 3, 1]), "k": ("string", ["a", "b", None, "a", "c", "b", "a"]), "v": ("float64", [1.0, 2.0, 3.0, None, 5.0, 6.0, 7.0]), "n": ("int64", [1, 2, 3, 4, 5, None, 7]),
    })
    shares = l["k"].value_counts(normalize=True, dropna=False)
    plan("shares", "long.valueCounts('k').select('k', { share: col('count').div(col('count').sum()) })", pl.DataFrame({"k": [None if pd.isna(v) else v for v in shares.index], "share": shares.astype("float64").to_list()}), any_order=True)
    for column in ("k", "day"):
        shares = l[column].value_counts(normalize=True, dropna=False)
        kind = "string" if column == "k" else "Int64"
        plan("shares", f"long.valueCounts('{column}', {{ normalize: true }})", pd.DataFrame({column: pd.array([None if pd.isna(v) else v for v in shares.index], dtype=kind), "proportion": shares.astype("float64").to_list()}), any_order=True)
    shares = l[["k", "day"]].value_counts(normalize=True, dropna=False).reset_index()
    plan("shares", "long.select('k', 'day').valueCounts({ normalize: true })", shares.astype({"k": "string", "day": "Int64", "proportion": "float64"}), any_order=True)
    for column in ("k", "day"):
        dummies = pd.get_dummies(l, columns=[column]).astype({f"{column}_{v}": "boolean" for v in sorted(l[column].dropna().unique())})
        plan("dummies", f"await long.toDummies('{column}')", dummies)
    plan("dummies", "long.select('k').toDummies('k', { names: ['b', 'z', null] })", pl.DataFrame({"k_b": (m["k"] == "b").fill_null(False), "k_z": [False] * 7, "k_null": m["k"].is_null()}))
    plan("sort", "long.sort('day', desc('k'), { stable: true })", m.sort("day", "k", descending=[False, True], nulls_last=True, maintain_order=True))
    some = m.filter(c("k").is_not_null())
    for fn in ("sum", "mean", "min", "max", "median", "first", "last", "count"):
        cell = {"first": c("v").drop_nulls().first(), "last": c("v").drop_nulls().last(), "count": c("v").count().cast(pl.Int64), "sum": c("v").sum()}.get(fn, getattr(c("v"), fn)() if fn not in ("first", "last") else None)
        cells = some.group_by("day", "k").agg(cell)
        r = cells.pivot("k", index="day", values="v", sort_columns=True)
        plan("pivot", f"long.pivot({{ index: 'day', on: 'k', values: 'v', aggregate: '{fn}', names: ['a', 'b', 'c'] }})", r, any_order=True)
        plan("pivot", f"await long.filter(col('k').isNotNull()).pivot({{ index: 'day', on: 'k', values: 'v', aggregate: '{fn}' }})", r, any_order=True)
        # Totals: pandas calls the row as the column, here its index is null.
        aggregate = {"first": lambda s: s.iloc[0], "last": lambda s: s.iloc[-1]}.get(fn, fn)
        for index, ours in (("day", "'day'"), (["day", "w"], "['day', 'w']"))[: 2 if fn == "mean" else 1]:
            kept = l[l["k"].notna() & l["v"].notna()].assign(w=lambda d: d["n"].isna())
            r = kept.pivot_table(index=index, columns="k", values="v", aggfunc=aggregate, margins=True, margins_name="all").reset_index()
            r["day"] = pd.array([None if v == "all" else int(v) for v in r["day"]], dtype="Int64")
            if "w" in r:
                r["w"] = pd.array([None if v == "" else bool(v) for v in r["w"]], dtype="boolean")
            kind = "Int64" if fn == "count" else "Float64"
            r = r.astype({name: kind for name in ("a", "b", "c", "all")}).rename_axis(columns=None)
            plan("pivot", f"await long.withColumns({{ w: col('n').isNull() }}).filter(col('k').isNotNull(), col('v').isNotNull()).pivot({{ index: {ours}, on: 'k', values: 'v', aggregate: '{fn}', margins: 'all' }})", r, any_order=True)
    for fn in ["max", "mean", "sum"]:
        known = m.filter(c("k").is_not_null())
        cells = known.group_by("day", "k").agg(getattr(c(one), fn)() for one in ("v", "n"))
        r = cells.pivot("k", index="day", values=["v", "n"], sort_columns=True)
        plan("pivot", f"await long.filter(col('k').isNotNull()).pivot({{ index: 'day', on: 'k', values: ['v', 'n'], aggregate: '{fn}' }})", r, any_order=True)
    r = m.group_by("day", "k").agg(c("n").drop_nulls().first()).with_columns(c("k").fill_null("null")).pivot("k", index="day", values="n").select("day", "a", "b", "c", "null")
    plan("pivot", "await long.pivot({ index: 'day', on: 'k', values: 'n', aggregate: 'first' })", r, any_order=True)
    r = m.group_by("k", "day").agg(c("n").drop_nulls().first()).pivot("day", index="k", values="n", sort_columns=True)
    plan("pivot", "await long.pivot({ index: 'k', on: 'day', values: 'n', aggregate: 'first' })", r, any_order=True)
    # Without an aggregate several rows of a cell are an error, as in pandas.
    once = l[l["k"].notna() & l["day"].notna()].drop_duplicates(["day", "k"])
    r = once.pivot(index="day", columns="k", values="n").reset_index().rename_axis(columns=None)
    plan("pivot", "await long.filter(col('k').isNotNull(), col('day').isNotNull()).distinct('day', 'k').pivot({ index: 'day', on: 'k', values: 'n' })", r, any_order=True)
    for index, columns in (("day", "k"), ("k", "day")):
        try:
            l.pivot(index=index, columns=columns, values="n")
        except ValueError as error:
            assert "duplicate entries" in str(error)
            book.refused("pivot", f"await long.pivot({{ index: '{index}', on: '{columns}', values: 'n' }})", "say what becomes of them, such as aggregate")
        else:
            raise AssertionError("pandas takes what is there several times")
    w, x = book.frame("wide", {"id": ("int64", [1, 2, 3]), "a": ("float64", [1.0, None, 3.0]), "b": ("float64", [4.0, 5.0, NAN]), "s": ("string", ["x", None, "z"])})
    plan("melt", "wide.melt({ ids: ['id'], values: ['a', 'b'] })", x.unpivot(["a", "b"], index="id"), any_order=True)
    plan("melt", "wide.drop('s').melt({ ids: ['id'], variable: 'k', value: 'v' })", x.drop("s").unpivot(index="id", variable_name="k", value_name="v"), any_order=True)
    plan("melt", "wide.melt({ ids: 'id', values: 'a' })", x.unpivot("a", index="id"), any_order=True)
    plan("melt", "wide.melt({ ids: ['id', 's'], values: ['b'] })", x.unpivot(["b"], index=["id", "s"]), any_order=True)
    plan("melt", "wide.melt({ values: ['a', 'b'] })", x.unpivot(["a", "b"]), any_order=True)
    b, z = book.frame("bags", {"id": ("int64", [1, 2, 3, 4]), "l": ({"list": "int64"}, [[1, 2], [], None, [3, None]]), "m": ({"list": "string"}, [["a", "b"], [], None, ["c", "d"]])})
    plan("explode", "bags.select('id', 'l').explode('l')", z.select("id", "l").explode("l", empty_as_null=True))
    plan("explode", "bags.explode('l', 'm')", z.explode("l", "m", empty_as_null=True))
    plan("explode", "bags.select('l').explode('l').groupBy('l').count()", z.select("l").explode("l", empty_as_null=True).group_by("l").agg(count=pl.len().cast(pl.Int64)), any_order=True)
    names = ["count", "nulls", "mean", "std", "min", "25%", "50%", "75%", "max"]

    def statistics(s):
        q = [s.quantile(v, "linear") for v in (0.25, 0.5, 0.75)]
        return pl.Series([s.count(), s.null_count(), s.mean(), s.std(), s.min(), *q, s.max()], dtype=pl.Float64)

    plan("describe", "await long.describe()", pl.DataFrame({
        "statistic": names, "day": statistics(m["day"]), "k": ["6", "1", None, None, "a", None, None, None, "c"], "v": statistics(m["v"]), "n": statistics(m["n"]),
    }))
    plan("describe", "await nothing.select('i').describe()", pl.DataFrame({"statistic": names, "i": [0.0, 0.0] + [None] * 7}))
    plan("describe", "await nulls.select('x').describe()", pl.DataFrame({"statistic": names, "x": [0.0, 3.0] + [None] * 7}))
    r = l[["day", "v", "n"]].astype("float64").corr()
    plan("describe", "await long.corr()", pd.DataFrame({"column": pd.Series(r.index, dtype="string"), **{k: r[k].reset_index(drop=True) for k in r}}), near=1e-12)
    spread = l[["day", "v", "n"]].astype("float64").cov()
    plan("describe", "await long.cov()", pd.DataFrame({"column": pd.Series(spread.index, dtype="string"), **{k: spread[k].reset_index(drop=True) for k in spread}}), near=1e-12)
    plan("describe", "await long.corr('v', 'n')", pd.DataFrame({"column": pd.Series(["v", "n"], dtype="string"), **{k: r.loc[["v", "n"], k].reset_index(drop=True) for k in ("v", "n")}}), near=1e-12)

    # What Polars has a name for, and here is said by what there is (docs/from-polars.md).
    plan("polars", "people.withColumns({ i: rowNumber().sub(1) }).select('i', 'name')", p.with_row_index("i").select(c("i").cast(pl.Int64), "name"))
    plan("polars", "people.select('name', { first: rowNumber({ partitionBy: 'name' }).eq(1) })", p.select("name", first=c("name").is_first_distinct()))
    plan("polars", "people.withColumns({ age: col('age').fillNaN(null).fillNull(col('age').fillNaN(null).mean()) })", p.with_columns(age=c("age").fill_nan(None).fill_null(strategy="mean")))
    plan("polars", "orders.select({ s: coalesce(col('id'), 0).add(coalesce(col('pid'), 0)), m: greatest(col('id'), col('pid')) })", q.select(s=pl.sum_horizontal("id", "pid"), m=pl.max_horizontal("id", "pid").cast(pl.Int64)))
    plan("polars", "people.select('id').join(orders.select({ key: col('id') }), { how: 'cross' }).filter(col('id').lt(col('key')))", p.select("id").join_where(q.select(key="id"), c("id") < c("key")), any_order=True)
    plan("polars", "orders.select('id', { n: count().over('id'), place: col('total').rank({ method: 'min', partitionBy: 'id' }) })", q.select("id", n=pl.len().over("id").cast(pl.Int64), place=c("total").rank("min").over("id").cast(pl.Float64)))
    plan("polars", "orders.withColumns({ p: struct({ a: col('id'), b: col('name') }) }).select({ a: col('p').field('a'), b: col('p').field('b') })", q.select(p=pl.struct(a="id", b="name")).unnest("p"))
    plan("polars", "people.filter(rowNumber().sub(1).mod(3).eq(0))", p.gather_every(3))

    # SQL over frames.
    plan("sql", "await sql('select name, count(*) as n from people group by name order by name nulls last', { people })", p.group_by("name").agg(n=pl.len().cast(pl.Int64)).sort("name", nulls_last=True))
    plan("sql", "(await sql('select p.id, total from p join o on p.id = o.id;', { p: people, o: orders })).filter(col('total').gt(0))", p.join(q, on="id").filter(c("total") > 0).select("id", "total"), any_order=True)
    plan("sql", "await sql('with t as (from a) select sum(id) as s from t -- no more', { a: people.filter(col('name').eq('bob')) })", pl.DataFrame({"s": [7]}))
