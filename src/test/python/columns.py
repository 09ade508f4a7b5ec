"""Writes the golden vectors of ColumnsTest: the columns that each character takes on a terminal.

    python3 src/test/python/columns.py > src/test/resources/dev/batchmill/progress/unicode_columns.tsv

Lines: first and last code point (hexadecimal) of a run of assigned characters, and their columns. Two for the
East Asian Widths W and F; none for what combines with the character before it: the categories Mn, Me and Cf but
the soft hyphen, and the medial and final letters of Hangul. Control characters, surrogates and characters for
private use are left out.
"""

import platform
import sys
import unicodedata


def columns(code_point):
    character = chr(code_point)
    category = unicodedata.category(character)
    if category in ("Cc", "Cs", "Co", "Cn"):
        return None
    if category in ("Mn", "Me", "Cf") and code_point != 0xAD or 0x1160 <= code_point <= 0x11FF:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


print(f"# Unicode {unicodedata.unidata_version}, Python {platform.python_version()}")
first = 0
for code_point in range(1, sys.maxunicode + 2):
    end = code_point > sys.maxunicode
    if end or columns(code_point) != columns(first):
        if columns(first) is not None:
            print(f"{first:x}\t{code_point - 1:x}\t{columns(first)}")
        first = code_point
