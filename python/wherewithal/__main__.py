"""``python -m wherewithal``: the console command."""

from ._program import main

main()
