"""A store whose files come to workers by an engine, or by a file system that pyarrow knows.

A unit reads a bucket of each part and, where its parties have several identifiers, further ones. These files are laid out in
a folder for that unit alone, and go once it is assessed.
"""

import contextlib
import os
import tempfile
import warnings
from pathlib import Path

from ._errors import IntakeWarning, IoError


def brought(store, parts, paths):
    """What every unit needs beside its buckets, by places in its folder: digests of parts, and the caller's model and rules."""
    files = {f"store/{part}/digests": Path(store, part, "digests") for part in parts}
    for name, path in paths.items():
        if path is not None and Path(path).is_dir():
            files.update({f"{name}/{file.relative_to(path)}": file for file in sorted(Path(path).rglob("*"))})
        elif path is not None:
            files[name] = Path(path)
    return tuple((place, file.read_bytes()) for place, file in files.items() if file.is_file())


def folders_of(worker, units):
    """The folders of the store in which each unit reads; says how many are read by several."""
    folders = tuple(tuple(worker.reads(unit)) for unit in range(units))
    readings, distinct = sum(map(len, folders)), len(set().union(*folders))
    if readings > distinct:
        words = f"units read {distinct} folders of the store {readings} times, since parties have several identifiers"
        warnings.warn(words, IntakeWarning, stacklevel=5)
    return folders


@contextlib.contextmanager
def laid_out(files):
    """A folder for its owner alone with these files, and what lays out another; it goes at the end."""
    with tempfile.TemporaryDirectory(prefix="wherewithal-") as folder:

        def lay(place, data):
            path = Path(folder, place)
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(path, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
                file.write(data)

        for place, data in files:
            lay(place, data)
        yield Path(folder), lay


def fetched(url, folders):
    """The files of some folders of a store, with their places, by a file system that pyarrow knows."""
    from pyarrow import fs

    # The URL may hold a key, so that no message repeats it.
    with _read("the file system of `through`"):
        system, root = fs.FileSystem.from_uri(url)
    for folder in folders:
        with _read(folder):
            listed = system.get_file_info(fs.FileSelector(f"{root}/{folder}"))
        for found in listed:
            if found.is_file:
                with _read(f"{folder}/{found.base_name}"), system.open_input_stream(found.path) as file:
                    data = file.read()
                yield f"{folder}/{found.base_name}", data


@contextlib.contextmanager
def _read(what):
    """Makes a failure to read an :class:`IoError`, which an engine tries again."""
    try:
        yield
    except OSError as error:
        raise IoError(f"{what}: {type(error).__name__} while a worker fetched it") from None
