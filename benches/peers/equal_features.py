"""Compares the features of two Parquet files, debtor by debtor: prints what differs and ends with 1 if anything does.

    python benches/peers/equal_features.py OURS.parquet THEIRS.parquet
"""

import sys

import numpy as np
import pandas as pd


def main():
    ours, theirs = (pd.read_parquet(path).reset_index().set_index("entity_id").sort_index() for path in sys.argv[1:3])
    if not ours.index.equals(theirs.index):
        print(f"{len(ours)} debtors against {len(theirs)}, {len(ours.index.intersection(theirs.index))} in both")
        sys.exit(1)
    names = [name for name in ours.columns if name in theirs.columns and name not in ("index", "as_of")]
    differing = 0
    for name in names:
        a, b = ours[name], theirs[name]
        if pd.api.types.is_numeric_dtype(a) or pd.api.types.is_numeric_dtype(b):
            a, b = a.astype(float).to_numpy(), b.astype(float).to_numpy()
            same = (np.isnan(a) & np.isnan(b)) | np.isclose(a, b, rtol=1e-12, atol=1e-9)
        else:
            a, b = a.astype(object).to_numpy(), b.astype(object).to_numpy()
            same = (pd.isna(a) & pd.isna(b)) | (a == b)
        if not same.all():
            at = int(np.argmin(same))
            differing += 1
            print(f"{name}: {(~same).sum()} differ, first {ours.index[at]}: {a[at]} against {b[at]}")
    print(f"{len(ours)} debtors, {len(names)} features compared, {differing} differ")
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main()
