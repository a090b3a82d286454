"""Reads an export with other programs, by the queries of the documentation as they stand there, and
prints whether each finds what pandas finds in another way: read.py DOCUMENTATION EXPORT"""

import re
import sys
import warnings

import duckdb
import pandas
import polars
from pysail.spark import SparkConnectServer
from pyspark.sql import SparkSession

warnings.filterwarnings("ignore")
with open(sys.argv[1]) as documentation:
    text = documentation.read().replace("/lake/docrot", sys.argv[2])
fences = re.findall(r"^```(sql|python)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
(sql,) = [code for language, code in fences if language == "sql"]
lines = [line for language, code in fences if language == "python" for line in code.splitlines()]
query = lambda program: next(line for line in lines if line.startswith(program))

table = pandas.read_parquet(sys.argv[2])
print(len(table), table["doc_id"].nunique(), sorted(table["server"].unique()),
      table["owner"].dropna().unique(), table["sketch"].dropna().str.len().max() > 8,
      table["simhash"].min() < 0)

sized = table[table["size"] > 0].sort_values("doc_id")
copies = sized[sized.duplicated("content_hash")].groupby("server")["size"].sum()
print("DuckDB", sorted(duckdb.sql(sql).fetchall()) == sorted(copies.items()), len(copies))

counts = table.groupby(["server", "status"]).size()
found = eval(query("polars"))
print("Polars", sorted(found.rows()) == sorted((*key, n) for key, n in counts.items()), len(counts))

found = eval(query("pandas"))
print("pandas", list(found["date"].dropna()) == sorted(table["date"].dropna())[:20], len(found))

server = SparkConnectServer()
server.start(background=True)
spark = SparkSession.builder.remote(f"sc://localhost:{server.listening_address[1]}").getOrCreate()
rows = eval(query("spark").removesuffix(".show()")).collect()
old = table[table["date"].astype("string") < "2020-01-01"].groupby("owner", dropna=False).size()
print("Spark", [tuple(row) for row in rows] == list(old.items()), len(rows))
spark.stop()
server.stop()
