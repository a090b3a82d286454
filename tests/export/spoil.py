"""Writes a Parquet file anew, with something wrong: spoil.py FILE set COLUMN NUMBER
                                                      spoil.py FILE drop COLUMN"""

import sys

import pyarrow
import pyarrow.parquet

file, what, column, *value = sys.argv[1:]
table = pyarrow.parquet.read_table(file)
position = table.schema.get_field_index(column)
if what == "set":
    values = pyarrow.array([int(value[0])] * len(table), table.schema.field(column).type)
    table = table.set_column(position, table.schema.field(column), values)
else:
    table = table.drop_columns(column)
# As docrot and the Spark job write it.
pyarrow.parquet.write_table(table, file, compression="zstd")
