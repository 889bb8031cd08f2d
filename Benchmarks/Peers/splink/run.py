"""Splink over the labelled sets, with one plain recipe for all of them: the peer of `tools/bench identity --peers`.

Reads the same files and the same columns as the bench (Benchmarks/Identity/SetLayout.swift) and prints one JSON line
for each set. The recipe follows Splink's own guides: for each column the comparison made for its kind, term
frequencies on names and places, a prior from strict rules, u by random sampling, m by expectation maximisation over
several blocks. Labels only count in the end, where the best threshold is picked with their help: that favours Splink,
since a shop has no labels to pick by.
"""

import argparse
import csv
import json
import logging
import os
import sys
import time
import warnings
from collections import Counter
from itertools import groupby

import pandas
import splink.comparison_library as compare
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink import __version__ as splink_version

# The comparison for each kind of column.
COMPARISONS = {
    "name": lambda c: compare.NameComparison(c),
    "iso date": lambda c: compare.DateOfBirthComparison(c, input_is_string=True),
    # Eight digits that need not be a real date.
    "digits date": lambda c: compare.DamerauLevenshteinAtThresholds(c, [1, 2]),
    "digits": lambda c: compare.DamerauLevenshteinAtThresholds(c, [1, 2]),
    "code": lambda c: compare.DamerauLevenshteinAtThresholds(c, [1]),
    "place": lambda c: compare.JaroWinklerAtThresholds(c, [0.9, 0.8]).configure(term_frequency_adjustments=True),
    "text": lambda c: compare.JaroWinklerAtThresholds(c, [0.9, 0.7]),
    "word": lambda c: compare.ExactMatch(c).configure(term_frequency_adjustments=True),
    "email": lambda c: compare.EmailComparison(c),
    "postcode": lambda c: compare.DamerauLevenshteinAtThresholds(c, [1, 2]),
}

FEBRL = {
    "given_name": "name", "surname": "name", "street_number": "code", "address_1": "text", "address_2": "text",
    "suburb": "place", "postcode": "postcode", "state": "word", "date_of_birth": "digits date",
}
FEBRL_STRICT = [["given_name", "surname", "date_of_birth"], ["surname", "address_1", "suburb"]]
FEBRL_BLOCKS = [["surname"], ["date_of_birth"], ["given_name"], ["address_1"], ["postcode"], ["suburb"]]


def tens(row):
    return int(row["rec_id"]) // 10


def number_in_identifier(row):
    return row["rec_id"].split("-")[1]


# Each layout: its columns by kind, the truth, rules that hardly ever join strangers (for the prior), and the blocks:
# pairs that agree in one of them are compared, and each in turn trains the other columns.
LAYOUTS = [
    dict(columns=FEBRL | {"phone_number": "digits"}, entity=tens, strict=FEBRL_STRICT + [["phone_number"]],
         blocks=FEBRL_BLOCKS + [["phone_number"]]),
    dict(columns=FEBRL, entity=number_in_identifier, strict=FEBRL_STRICT, blocks=FEBRL_BLOCKS),
    dict(columns={"first_name": "name", "surname": "name", "dob": "iso date", "city": "word", "email": "email"},
         entity=lambda row: row["cluster"], strict=[["first_name", "surname", "dob"], ["email"]],
         blocks=[["first_name"], ["surname"], ["dob"], ["email"]]),
    dict(columns={"first_name": "name", "surname": "name", "dob": "iso date", "birth_place": "place",
                  "postcode_fake": "postcode", "occupation": "word"},
         entity=lambda row: row["cluster"], strict=[["first_name", "surname", "dob"]],
         blocks=[["surname"], ["dob"], ["postcode_fake"], ["first_name", "birth_place"]]),
    dict(columns={"fname": "name", "lname": "name", "by": "code", "bm": "word", "bd": "word"},
         entity=lambda row: row["ent_id"], strict=[["fname", "by", "bm"], ["lname", "by", "bm"]],
         blocks=[["fname"], ["lname"], ["by"], ["bm", "bd"]]),
    dict(columns={"name": "text", "addr": "text", "city": "place", "phone": "digits", "type": "word"},
         entity=lambda row: row["class"], strict=[["phone"]], blocks=[["phone"], ["name"], ["addr"]]),
]


def normalise(row):
    """Lower case, no quotes, no NA; the split columns of the German names put together."""
    row = {key: value.strip().strip("\"'").lower() for key, value in row.items() if key}
    row = {key: "" if value == "na" else value for key, value in row.items()}
    if "fname_c1" in row:
        row["fname"] = " ".join(filter(None, [row["fname_c1"], row["fname_c2"]]))
        row["lname"] = " ".join(filter(None, [row["lname_c1"], row["lname_c2"]]))
    if "class" in row and "phone" in row:
        row["phone"] = "".join(filter(str.isdigit, row["phone"]))
    return row


def read_rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return [normalise(row) for row in csv.DictReader(file, skipinitialspace=True)]


def layout_of(row):
    return next((layout for layout in LAYOUTS if all(column in row for column in layout["columns"])), None)


def find_sets(folder):
    """Name -> files, as the bench names them: two files that are to be linked are one set."""
    sets = {}
    for directory, _, files in os.walk(folder):
        for file in sorted(files):
            if file.endswith(".csv"):
                path = os.path.join(directory, file)
                name = os.path.relpath(path, folder)[: -len(".csv")].replace("_org_", "_").replace("_dup_", "_")
                sets.setdefault(name, []).append(path)
    return dict(sorted(sets.items()))


def figures(true_positives, predicted, true_pairs):
    precision = true_positives / predicted if predicted else 1.0
    recall = true_positives / true_pairs if true_pairs else 1.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


class Clusters:
    """Records joined pair by pair, with the count of joined pairs and of the right ones among them."""

    def __init__(self, entities):
        self.parent = list(range(len(entities)))
        self.members = [Counter([entity]) for entity in entities]
        self.predicted = 0
        self.true_positives = 0

    def root(self, record):
        while self.parent[record] != record:
            self.parent[record] = self.parent[self.parent[record]]
            record = self.parent[record]
        return record

    def join(self, left, right):
        left, right = self.root(left), self.root(right)
        if left == right:
            return
        if len(self.members[left]) < len(self.members[right]):
            left, right = right, left
        large, small = self.members[left], self.members[right]
        self.predicted += large.total() * small.total()
        self.true_positives += sum(count * large[entity] for entity, count in small.items())
        large.update(small)
        self.members[right] = None
        self.parent[right] = left


def scan(pairs, entities):
    """The figures at every threshold, from the strictest down: of the pairs, and of the clusters they make."""
    true_pairs = sum(count * (count - 1) // 2 for count in Counter(entities).values())
    clusters = Clusters(entities)
    hits = total = 0
    for weight, group in groupby(pairs, key=lambda pair: pair[0]):
        for _, left, right in group:
            total += 1
            hits += entities[left] == entities[right]
            clusters.join(left, right)
        yield (
            weight, figures(hits, total, true_pairs),
            figures(clusters.true_positives, clusters.predicted, true_pairs),
        )


def weighed_pairs(rows, layout):
    """All candidate pairs as (match weight, place, place), the heaviest first."""
    columns = list(layout["columns"])
    frame = pandas.DataFrame([{column: row[column] or None for column in columns} for row in rows], dtype=object)
    frame.insert(0, "unique_id", range(len(rows)))
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[COMPARISONS[kind](column) for column, kind in layout["columns"].items()],
        blocking_rules_to_generate_predictions=[block_on(*block) for block in layout["blocks"]],
        retain_intermediate_calculation_columns=False,
    )
    linker = Linker(frame, settings, db_api=DuckDBAPI(), set_up_basic_logging=False)
    training = linker.training
    training.estimate_probability_two_random_records_match([block_on(*rule) for rule in layout["strict"]], recall=0.7)
    training.estimate_u_using_random_sampling(max_pairs=5e6, seed=1)
    for block in layout["blocks"]:
        training.estimate_parameters_using_expectation_maximisation(block_on(*block))
    found = linker.inference.predict(threshold_match_weight=-10).as_pandas_dataframe()
    pairs = zip(found["match_weight"].round(6), found["unique_id_l"], found["unique_id_r"])
    return sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2]))


def measure(name, rows, layout):
    entities = [str(layout["entity"](row)) for row in rows]
    start = time.monotonic()
    pairs = weighed_pairs(rows, layout)
    seconds = time.monotonic() - start
    best_pairs = best_clusters = strict = {"precision": 1.0, "recall": 0.0, "f1": 0.0}
    for weight, of_pairs, of_clusters in scan(pairs, entities):
        threshold = {"threshold": round(float(weight), 3)}
        best_pairs = max(best_pairs, of_pairs | threshold, key=lambda entry: entry["f1"])
        best_clusters = max(best_clusters, of_clusters | threshold, key=lambda entry: entry["f1"])
        if of_clusters["precision"] >= 0.995:
            strict = max(strict, of_clusters | threshold, key=lambda entry: entry["recall"])
    return {
        "set": name, "version": splink_version, "records": len(rows), "pairs": best_pairs, "clusters": best_clusters,
        "clustersAtPrecision995": strict, "seconds": round(seconds, 2),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", required=True, metavar="FOLDER", help="the folder with the labelled sets")
    parser.add_argument("--set", action="append", default=[], metavar="NAME", help="only sets whose name holds this")
    arguments = parser.parse_args()
    logging.getLogger("splink").setLevel(logging.ERROR)
    warnings.simplefilter("ignore")
    for name, paths in find_sets(arguments.sets).items():
        if arguments.set and not any(part.lower() in name.lower() for part in arguments.set):
            continue
        rows = [row for path in paths for row in read_rows(path)]
        layout = layout_of(rows[0]) if rows else None
        if layout is not None:
            print(json.dumps(measure(name, rows, layout)), flush=True)


if __name__ == "__main__":
    sys.exit(main())
