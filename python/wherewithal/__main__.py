"""``python -m wherewithal``: the console command."""

from ._program import main

if __name__ == "__main__":
    main()
