"""Finds what may be alike among the documents of many docrot exports, on Apache Spark.

    spark-submit docrot_group.py EXPORT [EXPORT ...] --out RESULT --work SCRATCH

EXPORT is a folder of files that `docrot export` wrote, RESULT a folder that is not there yet and
SCRATCH one that every node of the cluster sees. RESULT/complete is written last: without it there
is no result. Runs on Spark 3.5 and 4, on anything that speaks Spark Connect, and needs nothing else:
no jar, no package, no user-defined function.

It proposes and never judges. Pairs of documents come from fingerprints that differ in few bits and
from sketches that share hashes; those that the sketches say are neither alike nor contained are
dropped. `docrot import` brings the rest to the catalogs, where docrot decides.
"""

import argparse
import itertools
import math
import os
import sys

from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as F

SCHEMA_VERSION = 1
COLUMNS = {
    "schema_version", "server", "scan", "doc_id", "size", "content_hash", "text_hash",
    "fingerprint_version", "simhash", "sketch", "sketch_bound", "words",
}
# The estimate of a sketch is believed to so much: what is nearer to a threshold is kept.
MARGIN = 0.1
# A document looks up its smallest hashes: together about so many, each within these bounds.
ALL_KEYS, FEWEST_KEYS, MOST_KEYS = 6_400_000, 16, 256
# Candidates share at least so many of them, and so large a part, as one in so many.
MIN_SHARED, MIN_PART = 2, 4
# Of documents of one fingerprint all pairs are taken up to so many.
MOST_EQUALS = 64


class Refusal(Exception):
    """Why nothing can be made of the input, in a sentence."""


def arguments():
    parser = argparse.ArgumentParser(description="Proposes pairs of similar documents to docrot.")
    parser.add_argument("exports", nargs="+", metavar="EXPORT", help="folder of docrot exports")
    parser.add_argument("--out", required=True, help="folder for the result, not there yet")
    parser.add_argument("--work", required=True, help="scratch folder that every node sees")
    parser.add_argument("--distance", type=int, default=3, help="bits in which fingerprints of "
                        "candidates differ at most; none is missed (default: 3)")
    parser.add_argument("--cap", type=int, default=1_000, help="a fingerprint block or hash that "
                        "more documents share is cut into runs of so many, each compared with "
                        "itself and the next (default: 1000; 0: never)")
    parser.add_argument("--pair", type=float, default=0.5, help="the policy's `pair`")
    parser.add_argument("--containment", type=float, default=0.6, help="the policy's")
    parser.add_argument("--short-words", type=int, default=50, help="the policy's")
    parser.add_argument("--min-words", type=int, default=8, help="the policy's")
    options = parser.parse_args()
    if not 0 <= options.distance <= 10:
        parser.error("--distance is a number of bits from 0 to 10")
    if options.cap < 0:
        parser.error("--cap is a number of documents, or 0")
    return options


def bands(documents, distance):
    """Masks of fingerprint bits: two that differ in at most `distance` bits agree under one of them.

    The bits are cut into blocks, and each mask keeps all but `distance` of these. More blocks make
    more masks and fewer chance pairs: what is cheapest for so many documents is taken.
    """
    def cost(blocks):
        bits = 64 * (blocks - distance) // blocks
        return math.comb(blocks, distance) * (1 + documents / 2 ** (bits + 1))

    blocks = min(range(distance + 1, min(distance + 10, 64)), key=cost)
    edges = [64 * block // blocks for block in range(blocks + 1)]
    masks = []
    for kept in itertools.combinations(range(blocks), blocks - distance):
        mask = sum((1 << edges[block + 1]) - (1 << edges[block]) for block in kept)
        masks.append(mask - (1 << 64) if mask >> 63 else mask)
    return masks


class Job:
    def __init__(self, spark, options):
        self.spark, self.options = spark, options
        self.work = options.work.rstrip("/") + "/docrot-"
        self.not_compared = 0

    def saved(self, rows, name):
        """Writes rows to the scratch folder and reads them back: a lost node then loses no step."""
        path = self.work + name
        rows.write.mode("overwrite").option("compression", "zstd").parquet(path)
        return self.spark.read.parquet(path)

    def documents(self):
        """Every exported document, and who exported how many of them."""
        frames = []
        for path in self.options.exports:
            for file in self.files_of(path):
                self.check_columns(file)
            frames.append(self.spark.read.parquet(path).select(*sorted(COLUMNS)))
        documents = frames[0]
        for frame in frames[1:]:
            documents = documents.unionByName(frame)
        servers = documents.groupBy("server", "scan", "schema_version").agg(
            F.count("*").alias("documents"), F.count("doc_id").alias("ids"),
            F.min("doc_id").alias("first"), F.max("doc_id").alias("last")).collect()
        self.check(servers)
        return documents, servers

    def files_of(self, path):
        """The Parquet files of an export."""
        try:
            return sorted(self.spark.read.parquet(path).inputFiles())
        except Exception as error:
            # One that is not whole keeps some engines from listing the others.
            names = sorted(os.listdir(path)) if os.path.isdir(path) else []
            files = [os.path.join(path, name) for name in names if name.endswith(".parquet")]
            if files:
                return files
            first = str(error).strip().splitlines()[:1]
            raise Refusal(f"{path}: cannot be read: {' '.join(first)}") from error

    def check_columns(self, file):
        """Refuses a file that is not whole, and one without a column: an engine that reads it
        beside others would take its cells for empty."""
        try:
            columns = set(self.spark.read.parquet(file).columns)
        except Exception as error:
            raise Refusal(f"{file}: is no whole Parquet file; export it again") from error
        missing = sorted(COLUMNS - columns)
        if missing:
            raise Refusal(f"{file}: the column {missing[0]} is missing; this is no export of "
                          "docrot's, or one of another version")

    def check(self, servers):
        if not servers:
            raise Refusal(f"{self.options.exports[0]}: there is no document in it")
        scans, names, numbers = {}, {}, {}
        for row in servers:
            if row.schema_version != SCHEMA_VERSION:
                raise Refusal(f"{row.server}.parquet: has schema version {row.schema_version}, this "
                              f"job reads {SCHEMA_VERSION}; use the job of that docrot (docrot "
                              "export --job), or export again")
            if row.server in names:
                raise Refusal(f"{row.server}.parquet: the server {row.server} was exported twice, "
                              "in different states or with the same name; keep one of the files")
            if row.scan in scans:
                raise Refusal(f"{row.server}.parquet: holds the very documents of "
                              f"{scans[row.scan]}.parquet: one share was exported twice; keep one")
            if row.ids != row.documents or row.last - row.first + 1 != row.documents:
                raise Refusal(f"{row.server}.parquet: {row.documents} documents stand where there "
                              f"should be {(row.last or 0) - (row.first or 0) + 1}; the file is in "
                              "the input twice or not whole")
            number = row.first >> 32
            if number in numbers:
                raise Refusal(f"{row.server}.parquet: its ids are those of {numbers[number]}."
                              "parquet; export one of them under another name (--server)")
            names[row.server] = scans[row.scan] = numbers[number] = row.server

    def join(self, rows, key, carried, title):
        """Pairs (a, b) of the ids that share a key, each as often as they do, with what each of them
        carries."""
        sizes = rows.groupBy(*key).agg(F.count("*").alias("members")).where("members > 1")
        sizes = self.saved(sizes, f"sizes-{title.split()[0]}")
        histogram = sizes.groupBy(F.floor(F.log2("members")).cast("long").alias("power")).agg(
            F.count("*").alias("keys"), F.max("members").alias("largest")).orderBy("power").collect()
        print(f"{title}: keys that documents share, by how many share them")
        for row in histogram:
            print(f"  {2 ** row.power:>11,} and more: {row['keys']:>13,} keys, largest {row.largest:,}")
        largest = max((row.largest for row in histogram), default=0)
        cap = self.options.cap
        if not cap or largest <= cap:
            rows = rows.join(sizes, key, "left_semi")
            return self.pairs_of(rows, rows, key, carried)
        few = rows.join(sizes.where(F.col("members") <= cap), key, "left_semi")
        pairs = self.pairs_of(few, few, key, carried)
        # A crowd is cut into runs of documents that stand near each other, each of which meets
        # itself and the next.
        crowds = sizes.where(F.col("members") > cap)
        order = Window.partitionBy(*key).orderBy("simhash", "id")
        # `row_number` is unsigned on some engines, and a division of it is no whole number.
        place = F.row_number().over(order).cast("long") - F.lit(1)
        crowd = rows.join(crowds, key, "left_semi").withColumn(
            "run", F.floor(place / cap).cast("long"))
        same = self.pairs_of(crowd, crowd, [*key, "run"], carried)
        following = crowd.withColumn("run", F.col("run") + F.lit(1))
        cross = self.pairs_of(following, crowd, [*key, "run"], carried)
        back = self.pairs_of(crowd, following, [*key, "run"], carried)
        skipped = crowds.agg(F.sum(F.expr(
            f"cast(members as double) * (members - {3 * cap}) / 2"))).collect()[0][0]
        self.not_compared += max(0, int(skipped or 0))
        return pairs.unionByName(same).unionByName(cross).unionByName(back)

    @staticmethod
    def pairs_of(one, other, key, carried):
        """The pairs of one of each that agree in the key, the smaller id from the first."""
        side = lambda rows, name: rows.select(
            *key, F.col("id").alias(name), *[F.col(it).alias(f"{it}_{name}") for it in carried])
        return side(one, "a").join(side(other, "b"), key).where("a < b").drop(*key)

    def by_fingerprint(self, texts, count):
        """Pairs whose fingerprints differ in few bits: of equal ones, the first stands for all."""
        distinct = self.saved(texts.groupBy("simhash").agg(
            F.min("id").alias("id"), F.count("*").alias("equals")), "fingerprints")
        masks = bands(count, self.options.distance)
        print(f"{len(masks)} tables find every pair within {self.options.distance} bits")
        keys = [F.struct(F.lit(table).alias("table"), F.expr(f"simhash & ({mask}L)").alias("block"))
                for table, mask in enumerate(masks)]
        rows = distinct.select("id", "simhash", F.explode(F.array(*keys)).alias("key"))
        rows = rows.select("id", "simhash", F.col("key.table").alias("table"),
                           F.col("key.block").alias("block"))
        near = self.join(rows, ["table", "block"], ["simhash"], "fingerprint blocks")
        near = near.where(f"bit_count(simhash_a ^ simhash_b) <= {self.options.distance}")
        return near.select("a", "b").unionByName(self.equals(texts, distinct))

    def equals(self, texts, distinct):
        """Pairs of one fingerprint: all of a few; of many, each with the first and with the next."""
        shared = distinct.where("equals > 1").select("simhash", "equals", F.col("id").alias("first"))
        equals = texts.select("id", "simhash").join(shared, "simhash")
        few = equals.where(f"equals <= {MOST_EQUALS}")
        all_pairs = few.select("simhash", F.col("id").alias("a")).join(
            few.select("simhash", F.col("id").alias("b")), "simhash").where("a < b").select("a", "b")
        many = equals.where(f"equals > {MOST_EQUALS}")
        with_first = many.where("first < id").select(F.col("first").alias("a"), F.col("id").alias("b"))
        before = F.lag("id").over(Window.partitionBy("simhash").orderBy("id"))
        with_next = many.select(before.alias("a"), F.col("id").alias("b")).where("a is not null")
        return all_pairs.unionByName(with_first).unionByName(with_next)

    def by_sketch(self, texts, keys):
        """Pairs that share enough of their smallest hashes, with how many."""
        looked_up = F.slice("sketch", 1, keys)
        rows = texts.select("id", "simhash", F.size(looked_up).alias("keys"),
                            F.posexplode(looked_up).alias("rank", "hash"))
        pairs = self.join(rows, ["hash"], ["keys", "rank"], "sketch hashes").groupBy("a", "b").agg(
            F.count("*").alias("shared"),
            F.least(F.max("keys_a"), F.max("keys_b")).alias("keys"),
            F.least(F.max("rank_a"), F.max("rank_b")).alias("rank"))
        # Strangers share a few hashes of many: so many stand before the last one that they share.
        return pairs.where(f"shared >= {MIN_SHARED} and (keys <= {MIN_PART} * shared or "
                           f"rank < {MIN_PART} * shared)").select("a", "b", "shared")

    def verified(self, candidates, texts, keys):
        """The candidates that the sketches do not rule out, with what they estimate."""
        options = self.options
        side = lambda name: texts.select(F.col("id").alias(name), *[
            F.col(it).alias(f"{it}_{name}") for it in ("words", "bound", "last", "sketch")])
        both = candidates.join(side("a"), "a").join(side("b"), "b")
        # Of those that were looked up, so many could have been shared.
        part = " or ".join(f"size(filter(slice(sketch_{name}, 1, {keys}), it -> it <= "
                           f"least(last_a, last_b))) <= {MIN_PART} * shared" for name in "ab")
        both = both.where(f"shared is null or {part}")
        # Each sketch is whole up to its bound, and what both hold is below both bounds.
        below = lambda name: f"size(filter(sketch_{name}, it -> it <= least(bound_a, bound_b)))"
        both = both.select(
            "a", "b", F.least("words_a", "words_b").alias("words"),
            F.expr("size(array_intersect(sketch_a, sketch_b))").alias("common"),
            F.expr(below("a")).alias("seen_a"), F.expr(below("b")).alias("seen_b"))
        both = both.select(
            "a", "b", "words", "common",
            F.expr("common / greatest(seen_a + seen_b - common, 1)").alias("similarity"),
            F.expr("common / greatest(least(seen_a, seen_b), 1)").alias("containment"))
        return both.where(
            f"similarity >= {options.pair - MARGIN} or containment >= {options.containment - MARGIN} "
            f"or common > 0 and words < {options.short_words}"
        ).select("a", "b", "similarity", "containment")

    def components(self, edges):
        """Every document with the smallest id that a path of edges leads to.

        Large-star and small-star in turn, until every component is a star.
        """
        edges = self.saved(edges.select(F.greatest("a", "b").alias("from"), F.least("a", "b").alias(
            "to")).where("from <> to").distinct(), "star-0")
        for step in itertools.count(1):
            ends = edges.select(F.col("to")).distinct().withColumnRenamed("to", "from")
            is_flat = edges.join(ends, "from", "left_semi").limit(1).count() == 0
            if is_flat and edges.groupBy("from").agg(F.count("*").alias("stars")).where(
                    "stars > 1").limit(1).count() == 0:
                print(f"{step - 1} rounds of stars")
                return edges
            both = edges.unionByName(edges.select(F.col("to").alias("from"), F.col("from").alias("to")))
            least = both.groupBy("from").agg(F.min("to").alias("least"))
            least = least.select("from", F.least("from", "least").alias("least"))
            large = both.join(least, "from").where("to > from").select(
                F.col("to").alias("from"), F.col("least").alias("to"))
            large = self.saved(large.where("from <> to").distinct(), f"large-{step % 2}")
            least = large.groupBy("from").agg(F.min("to").alias("least"))
            small = large.join(least, "from")
            small = small.select(F.col("to").alias("from"), F.col("least").alias("to")).unionByName(
                small.select("from", F.col("least").alias("to")))
            edges = self.saved(small.where("from <> to").distinct(), f"star-{step % 2}")

    def run(self):
        options, out = self.options, self.options.out.rstrip("/")
        documents, servers = self.documents()
        newest = documents.agg(F.max("fingerprint_version")).collect()[0][0]
        texts = documents.where(f"fingerprint_version = {newest or 0} and words >= "
                                f"{options.min_words}")
        # Equal texts are one document here. A text that is read as rows has another fingerprint.
        members = self.saved(texts.select(
            F.col("doc_id").alias("id"), "text_hash", "simhash"), "members")
        first = self.saved(members.groupBy("text_hash", "simhash").agg(
            F.min("id").alias("first")), "first")
        copies = members.join(first, ["text_hash", "simhash"]).where("id > first").select(
            F.col("first").alias("a"), F.col("id").alias("b"))
        count = first.count()
        keys = min(max(ALL_KEYS // max(count, 1), FEWEST_KEYS), MOST_KEYS)
        print(f"{sum(row.documents for row in servers):,} documents of {len(servers)} servers, "
              f"{count:,} different texts, {keys} hashes looked up of each")
        # A function of each hash that asks for the last one would look it up as often.
        last = F.expr(f"element_at(sketch, least(size(sketch), {keys}))")
        texts = self.saved(texts.join(first.select(F.col("first").alias("doc_id")), "doc_id",
                                      "left_semi").where("size(sketch) > 0").select(
            F.col("doc_id").alias("id"), "simhash", "sketch", "words", last.alias("last"),
            F.col("sketch_bound").alias("bound")), "texts")
        near = self.saved(self.by_fingerprint(texts, count).distinct(), "near")
        shared = self.saved(self.by_sketch(texts, keys), "shared")
        # What the fingerprints say needs no share of hashes.
        candidates = near.withColumn("shared", F.lit(None).cast("long")).unionByName(
            shared.join(near, ["a", "b"], "left_anti"))
        pairs = self.verified(candidates, texts, keys)
        pairs.write.option("compression", "zstd").parquet(f"{out}/pairs")
        pairs = self.spark.read.parquet(f"{out}/pairs")
        equal = documents.where("content_hash is not null and size > 0").select(
            F.col("doc_id").alias("id"), "content_hash")
        first = equal.groupBy("content_hash").agg(F.min("id").alias("first"))
        equal = equal.join(first, "content_hash").where("id > first").select(
            F.col("first").alias("a"), F.col("id").alias("b"))
        stars = self.components(
            pairs.select("a", "b").unionByName(copies).unionByName(equal))
        groups = stars.select(F.col("from").alias("doc_id"), F.col("to").alias("group_id"))
        roots = stars.select(F.col("to").alias("doc_id")).distinct()
        groups = groups.unionByName(roots.select("doc_id", F.col("doc_id").alias("group_id")))
        groups.write.option("compression", "zstd").parquet(f"{out}/groups")
        self.complete(servers, out)

    def complete(self, servers, out):
        """Says of what the result is and how much it holds: the last thing written."""
        options = self.options
        pairs = self.spark.read.parquet(f"{out}/pairs").count()
        groups = self.spark.read.parquet(f"{out}/groups").agg(
            F.count("*"), F.countDistinct("group_id")).collect()[0]
        rows = [(SCHEMA_VERSION, row.server, row.scan, row.documents, row.first, pairs, groups[0],
                 self.not_compared, options.min_words, options.pair, options.containment,
                 options.short_words) for row in servers]
        self.spark.createDataFrame(
            rows, "schema_version int, server string, scan string, documents long, first_id long, "
            "pairs long, grouped long, not_compared long, min_words int, pair double, "
            "containment double, short_words int"
        ).coalesce(1).write.option("compression", "zstd").parquet(f"{out}/complete")
        print(f"{pairs:,} pairs proposed; {groups[0]:,} documents in {groups[1]:,} groups of documents "
              f"that may be alike; up to {self.not_compared:,} pairs in crowds not compared")


def main():
    options = arguments()
    spark = SparkSession.builder.appName("docrot").getOrCreate()
    try:
        Job(spark, options).run()
    except Refusal as refusal:
        sys.exit(f"docrot: {refusal}")
    finally:
        spark.stop()


if __name__ == "__main__":
    main()
