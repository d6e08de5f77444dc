"""One file of respondents, of any format, to codes and a codebook."""

from egovstats.microdata.codebook import Codebook
from egovstats.microdata.codebook_table import load_codebook
from egovstats.microdata.codebook_write import write_codebook
from egovstats.microdata.frames import as_microdata
from egovstats.microdata.identifiers import probable_identifiers
from egovstats.microdata.inspect import describe, inspect_file
from egovstats.microdata.microdata import Microdata
from egovstats.microdata.read import read_microdata
from egovstats.microdata.several import read_microdata_files
from egovstats.microdata.variable import MultipleResponseSet, Variable
from egovstats.microdata.wording import Wording
from egovstats.microdata.write import Written, write_microdata

__all__ = [
    "Codebook",
    "Microdata",
    "MultipleResponseSet",
    "Variable",
    "Wording",
    "Written",
    "as_microdata",
    "describe",
    "inspect_file",
    "load_codebook",
    "probable_identifiers",
    "read_microdata",
    "read_microdata_files",
    "write_codebook",
    "write_microdata",
]
