#!/usr/bin/env python3
"""Damages sources, stores and models at random places, and holds that nothing is lost or changed in silence.

    cargo build --locked
    tests/faults.py target/debug/wherewithal --folders 1000 --bits 500

Sources: each run ends in time with 0 or with one message; no identifier stands in what it says; every row that a file has is
accepted, left out or refused. Stores and models: a flipped bit is named, or the results are those of before.
Prints a table. Ends with 1 at the first damage that is not met.
"""
import argparse
import collections
import gzip
import hashlib
import json
import pathlib
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile

RESULTS = ["scores.parquet", "reasons.parquet", "capacity.parquet", "signals.parquet", "profiles.ndjson"]
DAY = "2018-06-30"
# A resident number, a credit code or an account in full.
IDENTIFIER = re.compile(r"(?<![0-9A-Za-z])(\d{17}[\dX]|91[0-9A-Z]{16}|\d{16,19})(?![0-9A-Za-z])")
ODD = ["3.20106E+17", "1,234.50", "（100.00）", "2018/6/31", "NULL", "-", "999999999999999999999", "无", "\t", "\u200b", "=T(1)"]


def flipped(draw, data):
    at = draw.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << draw.randrange(8)]) + data[at + 1:]


def stretch(draw, data):
    start = draw.randrange(len(data))
    return start, min(len(data), start + draw.randint(1, 200))


def cut(draw, data):
    start, end = stretch(draw, data)
    return data[:start] + data[end:]


def repeated(draw, data):
    start, end = stretch(draw, data)
    return data[:end] + data[start:end] + data[end:]


def ended(draw, data):
    return data[:draw.randrange(len(data))]


def inserted(draw, data):
    at = draw.randrange(len(data))
    return data[:at] + bytes(draw.randrange(256) for _ in range(draw.randint(1, 8))) + data[at:]


def quoted(draw, data):
    at = draw.randrange(len(data))
    return data[:at] + b'"' + data[at:]


def line_ends(draw, data):
    return data.replace(b"\n", draw.choice([b"\r", b"\r\n", b"\x0b", b"\n\n"]))


def encoded(draw, data):
    text = data.decode("utf-8", "replace")
    return text.encode(draw.choice(["gb18030", "utf-16", "utf-8-sig"]), "replace")


def odd_cell(draw, data):
    lines = data.split(b"\n")
    at = draw.randrange(len(lines))
    cells = lines[at].split(b",")
    cells[draw.randrange(len(cells))] = draw.choice(ODD).encode()
    lines[at] = b",".join(cells)
    return b"\n".join(lines)


def column_gone(draw, data):
    lines = [line.split(b",") for line in data.split(b"\n")]
    at = draw.randrange(len(lines[0]))
    return b"\n".join(b",".join(line[:at] + line[at + 1:]) for line in lines)


MUTATIONS = [flipped, cut, repeated, ended, inserted, quoted, line_ends, encoded, odd_cell, column_gone]


def digests(folder):
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in RESULTS}


class Bench:
    def __init__(self, program):
        self.program = str(pathlib.Path(program).resolve())
        self.work = pathlib.Path(tempfile.mkdtemp())
        self.sources, self.store = self.work / "sources", self.work / "store"
        self.run("simulate", "--preset", "district", "--cases", 40, "--seed", 5, "--out", self.sources)
        shutil.rmtree(self.sources / "truth")
        self.run("assess", "--sources", self.sources, "--as-of", DAY, "--train", "--store", self.store, "--buckets", 4,
                 "--out", self.work / "whole")
        self.model = self.work / "model.json"
        shutil.copy(self.work / "whole" / "model.json", self.model)
        self.expected = self.assessed()[1]
        self.numbers = set(IDENTIFIER.findall("\n".join(path.read_text() for path in self.sources.glob("*.csv"))))

    def call(self, *words, seconds=20):
        command = [self.program, *map(str, words)]
        # Seconds of CPU, so that other work on the machine counts for nothing; whoever waits for ever is met as well.
        limit = lambda: resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        try:
            done = subprocess.run(command, capture_output=True, timeout=60 * seconds, preexec_fn=limit)
        except subprocess.TimeoutExpired:
            sys.exit(f"more than {60 * seconds} s: {command}")
        said = (done.stdout + done.stderr).decode("utf-8", "replace")
        if done.returncode not in (0, 1, 2) or "panicked" in said:
            sys.exit(f"ended with {done.returncode}: {command}\n{said}")
        return done.returncode, said

    def run(self, *words):
        code, said = self.call(*words)
        if code:
            sys.exit(said)

    def assessed(self):
        """The exit code, the digests of the results, and what was said of the store."""
        out = self.work / "out"
        shutil.rmtree(out, ignore_errors=True)
        code, said = self.call("assess", "--store", self.store, "--model", self.model, "--as-of", DAY, "--out", out)
        return code, digests(out) if code == 0 else None, said

    def mutated(self, draw, kinds):
        """One mutated folder: whether it was read, and how many rows were refused."""
        folder, out = self.work / "mutated", self.work / "mutated-out"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(self.sources, folder)
        lines = {}
        for path in draw.sample(sorted(folder.glob("*.csv")), draw.randint(1, 3)):
            data = path.read_bytes()
            for _ in range(draw.randint(1, 3)):
                mutation = draw.choice(MUTATIONS)
                kinds[mutation.__name__] += 1
                data = mutation(draw, data) or b"\n"
            if draw.random() < 0.1:
                kinds["gzip, flipped"] += 1
                path.unlink()
                path = path.with_name(path.name + ".gz")
                data = flipped(draw, gzip.compress(data))
            path.write_bytes(data)
            lines[path.name] = self.lines(path.name, data)
        code, said = self.call("assess", "--sources", folder, "--model", self.model, "--as-of", DAY, "--out", out)
        leaked = [number for number in self.numbers if number in said]
        if leaked:
            sys.exit(f"an identifier is said: {folder}\n{said}")
        report = out / "ingest_report.json"
        if code or not report.exists():
            return False, 0
        files = json.loads(report.read_text())["files"]
        for file in files:
            told = file["rows_accepted"] + file["rows_left_out"] + file["rows_refused"]
            if told != file["rows_read"]:
                sys.exit(f"{file['file']}: {file['rows_read']} rows read, {told} told: {folder}")
            wanted = lines.get(file["file"])
            if wanted is not None and file["rows_read"] != wanted:
                sys.exit(f"{file['file']}: {file['rows_read']} rows read of {wanted}: {folder}")
        return True, sum(file["rows_refused"] for file in files)

    @staticmethod
    def lines(name, data):
        """The rows of a text whose lines are beyond doubt: no quote, no other line end, no byte of another encoding."""
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            return None
        if name.endswith(".gz") or any(c in text for c in '"\r\x0b\x0c\x85\u2028\u2029\0\ufffd'):
            return None
        return max(0, sum(1 for line in text.split("\n") if line.strip()) - 1)

    def flip(self, draw, paths):
        """Flips one bit of one of the files, and puts it back: whether it was met."""
        path = draw.choices(paths, [path.stat().st_size for path in paths])[0]
        data = path.read_bytes()
        path.write_bytes(flipped(draw, data))
        code, found, said = self.assessed()
        if code == 0 and found != self.expected:
            sys.exit(f"{path}: a flipped bit changed the results")
        if code and path.name not in said:
            sys.exit(f"{path}: not named:\n{said}")
        if path != self.model:
            checked, told = self.call("store", "check", "--store", self.store)
            if checked == 0:
                sys.exit(f"{path}: store check says nothing\n{told}")
        path.write_bytes(data)
        return code != 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--folders", type=int, default=1000)
    parser.add_argument("--bits", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    draw, bench, kinds = random.Random(args.seed), Bench(args.program), collections.Counter()
    read = [bench.mutated(draw, kinds) for _ in range(args.folders)]
    whole = sum(was for was, _ in read)
    store = sorted(path for path in bench.store.rglob("*") if path.is_file() and path.stat().st_size)
    store = [path for path in store if "refused" not in path.parts and path.name != "lock"]
    met = sum(bench.flip(draw, store) for _ in range(args.bits))
    models = args.bits // 5
    met_models = sum(bench.flip(draw, [bench.model]) for _ in range(models))
    print("| damage | tried | ended with a message | went on | lost in silence |\n|---|---|---|---|---|")
    print(f"| mutated folders | {args.folders} | {args.folders - whole} | {whole}, {sum(rows for _, rows in read)} rows refused | 0 |")
    print(f"| a bit of a store | {args.bits} | {met} | {args.bits - met}, the same results, named by store check | 0 |")
    print(f"| a bit of a model | {models} | {met_models} | {models - met_models}, the same results | 0 |")
    print("mutations: " + ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())))
    shutil.rmtree(bench.work)


main()
