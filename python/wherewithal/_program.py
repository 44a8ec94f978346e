"""The console command ``wherewithal``: the same program as the one that Cargo installs."""

import signal
import sys

from . import _native


def main():
    """Runs the program with the arguments of this process and ends with its exit code."""
    # Interrupted as any program is: the work is not Python's.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(_native.run(["wherewithal", *sys.argv[1:]]))
