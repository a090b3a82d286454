"""Reads an export with other programs and prints what each of them finds: read.py FOLDER"""

import sys

import duckdb
import pandas
import polars

files = sys.argv[1] + "/*.parquet"
print(*duckdb.sql(f"select count(*), count(distinct doc_id), max(len(sketch)) > 8, "
                  f"min(simhash) < 0 from '{files}'").fetchall()[0])
frame = polars.read_parquet(files)
copies = frame.filter(polars.col("content_hash").is_duplicated())
print(frame.height, copies.height, frame["date"].dtype, frame["modified"].dtype)
table = pandas.read_parquet(sys.argv[1])
print(len(table), sorted(table["server"].unique()), table["owner"].dropna().unique())
