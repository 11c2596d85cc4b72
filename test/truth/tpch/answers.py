"""What DuckDB's SQL answers to the 22 queries of TPC-H, as JSON: answers.py <directory of the tables> <scale factor>"""

import datetime
import decimal
import json
import pathlib
import sys

import duckdb


def plain(value):
    """Decimals as text, with all digits; dates as milliseconds since 1970."""
    if isinstance(value, decimal.Decimal):
        return {"decimal": str(value)}
    if isinstance(value, datetime.date):
        return {"date": (value - datetime.date(1970, 1, 1)).days * 86_400_000}
    return value


def main():
    directory, scale = pathlib.Path(sys.argv[1]), sys.argv[2]
    connection = duckdb.connect()
    for table in sorted(directory.glob("*.parquet")):
        connection.read_parquet(str(table)).create_view(table.stem)
    answers = {}
    for query in sorted(pathlib.Path(__file__).parent.glob("q*.sql")):
        result = connection.execute(query.read_text().replace("$scale", scale))
        columns = [column[0] for column in result.description]
        answers[query.stem] = {
            "columns": columns,
            "rows": [[plain(value) for value in row] for row in result.fetchall()],
        }
    json.dump(answers, sys.stdout)


main()
