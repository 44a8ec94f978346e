"""Runs commands in turn, several rounds, and prints wall, CPU and peak memory of each whole process.

    python benches/peers/race.py --rounds 3 'ours=target/release/wherewithal assess …' 'duckdb=python …'

The ratio is that of the first to each other, round by round: minimum, median, maximum. Peak memory is that of the
process itself, as the kernel counts it for a finished child.
"""

import argparse
import os
import shlex
import statistics
import subprocess
import sys
import time


def run(command):
    start = time.perf_counter()
    child = subprocess.Popen(shlex.split(command), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    complaint = child.stderr.read()
    _, status, used = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    if status != 0:
        sys.exit(f"{command}: ended with {os.waitstatus_to_exitcode(status)}\n{complaint.decode(errors='replace')[-2000:]}")
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("commands", nargs="+", metavar="NAME=COMMAND")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--before", help="a command run before each, not counted: to clear what a run leaves")
    args = parser.parse_args()
    commands = dict(command.split("=", 1) for command in args.commands)
    found = {name: [] for name in commands}
    for _ in range(args.rounds):
        for name, command in commands.items():
            if args.before:
                subprocess.run(shlex.split(args.before), check=True, stdout=subprocess.DEVNULL)
            found[name].append(run(command))
    first = next(iter(commands))
    print(f"{args.rounds} rounds in turn, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end")
    for name, runs in found.items():
        wall, cpu, peak = (statistics.median(run[at] for run in runs) for at in range(3))
        line = f"{name:12} wall {wall:8.2f} s   CPU {cpu:8.2f} s   peak {peak:7.0f} MB"
        if name != first:
            for at, what in ((0, "wall"), (1, "CPU")):
                ratios = sorted(ours[at] / theirs[at] for ours, theirs in zip(found[first], runs))
                line += f"   {first}/{name} {what} {ratios[0]:.3f} {statistics.median(ratios):.3f} {ratios[-1]:.3f}"
        print(line)


if __name__ == "__main__":
    main()
