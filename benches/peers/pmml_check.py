#!/usr/bin/env python3
"""Holds a card's model.pmml against the schema of PMML 4.4 and lets another evaluator score every row with it.

    cargo run -- fit --table loans.csv --target bad --event 0 --seed 1 --out out/loans
    python3 benches/peers/pmml_check.py loans.csv out/loans

Needs `pip install jpmml-evaluator jpype1 lxml pandas` and Java 11 or newer; what is not there the check says that it
skips. The schema is the one that JPMML carries: PMML 4.4 with its own extensions beside. Ends with 1 when the document
is not valid, a score differs at all, a probability by more than 1e-12, or a reason is not among the furthest below what
is typical (where scores.csv tells `below:FEATURE`).
"""
import csv
import importlib.util
import io
import json
import pathlib
import shutil
import sys
import zipfile
from xml.etree import ElementTree

UNKNOWN = {"", "NA", "NaN", "nan", "null", "?"}


def number(text):
    try:
        return float(text)
    except ValueError:
        return None


def missing(*modules):
    return [name for name in modules if importlib.util.find_spec(name) is None]


def schema():
    """The schema inside JPMML's own archive of the model classes."""
    folder = pathlib.Path(importlib.util.find_spec("jpmml_evaluator").origin).parent
    for archive in sorted(folder.glob("dependencies/pmml-model-1*.jar")):
        with zipfile.ZipFile(archive) as jar:
            if "pmml.xsd" in jar.namelist():
                return archive.name, jar.read("pmml.xsd")
    return None


def valid(path):
    lacking = missing("jpmml_evaluator", "lxml")
    found = None if lacking else schema()
    if found is None:
        print(f"skipped the schema: no {', '.join(lacking) or 'pmml.xsd'} here")
        return True
    from lxml import etree

    name, text = found
    rules = etree.XMLSchema(etree.parse(io.BytesIO(text)))
    document = etree.parse(str(path))
    is_valid = rules.validate(document)
    # The schema is the official one plus attributes and elements named x-…; a document of 4.4 proper has none of them.
    extras = [e.tag for e in document.iter() if isinstance(e.tag, str) and etree.QName(e).localname.startswith("x-")]
    extras += [key for e in document.iter() for key in e.attrib if key.startswith("x-")]
    print(f"schema of {name}: {'valid' if is_valid and not extras else rules.error_log or extras}")
    return is_valid and not extras


def rows_of(table, wanted, is_raw):
    with open(table, newline="", encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    names, rows = [name.strip() for name in rows[0]], rows[1:]
    columns = {}
    for name, is_category in wanted:
        place = names.index(name)
        if is_category and is_raw:
            columns[name] = [row[place] for row in rows]
            continue
        known = [None if row[place].strip() in UNKNOWN else row[place].strip() for row in rows]
        columns[name] = known if is_category else [None if text is None else number(text) for text in known]
    return columns


def outputs(path):
    """The names of the score, the probability and the reasons: other than usual where a feature has that one."""
    fields = [dict(e.attrib) for e in ElementTree.parse(path).iter() if e.tag.endswith("}OutputField")]
    named = lambda feature: [field["name"] for field in fields if field["feature"] == feature]
    return named("predictedValue")[0], named("transformedValue")[-1], named("reasonCode")


def main(table, out):
    out = pathlib.Path(out)
    is_valid = valid(out / "model.pmml")
    lacking = missing("jpmml_evaluator", "jpype", "pandas") + ([] if shutil.which("java") else ["java"])
    if lacking:
        print(f"skipped the evaluation: no {', '.join(lacking)} here")
        return int(not is_valid)
    import pandas
    from jpmml_evaluator import make_evaluator

    document = json.loads((out / "model.json").read_text())
    card = document.get("scorecard") or document["table"]
    wanted = [(f["map"]["feature"], bool(f["map"]["levels"])) for f in card["features"]]
    # A card that reads cells as they are written gets them so.
    columns = rows_of(table, wanted, "<LocalTransformations" in (out / "model.pmml").read_text())
    frame = pandas.DataFrame({name: pandas.Series(values, dtype=object) for name, values in columns.items()})
    evaluator = make_evaluator(str(out / "model.pmml"), backend="jpype").verify()
    found = evaluator.evaluateAll(frame).to_dict("records")
    with open(out / "scores.csv", newline="") as file:
        expected = list(csv.DictReader(file))
    score, probability, reasons = outputs(out / "model.pmml")
    wrong, furthest, misplaced = abs(len(found) - len(expected)), 0.0, 0
    # A card of amounts has units and an amount instead.
    whole, of = ("score", "probability") if "score" in expected[0] else ("units", "amount")
    for ours, theirs in zip(expected, found):
        wrong += int(ours[whole]) != theirs[score]
        furthest = max(furthest, abs(float(ours[of]) - theirs[probability]))
        below = {key[6:]: int(value) for key, value in ours.items() if key.startswith("below:")}
        ranked = sorted(below.values(), reverse=True)
        for rank, name in enumerate(reasons, 1):
            reason = theirs.get(name)
            # A tie may be told in any order; an evaluator may leave out what is not below at all.
            expected_drop = ranked[rank - 1] if rank <= len(ranked) else 0
            told = below.get(reason, 0) if isinstance(reason, str) else min(expected_drop, 0)
            misplaced += told != expected_drop
    print(f"{len(expected)} rows: {wrong} scores differ, {of} by {furthest:.1e} at most, {misplaced} reasons")
    return int(not is_valid or wrong > 0 or furthest > 1e-12 or misplaced > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
