"""``python -m egovstats`` is the command ``egovstats``."""

import sys

from egovstats.cli import main

if __name__ == "__main__":
    sys.exit(main())
