"""Makes the archive that the demo serves: digits.tar.gz with digits.csv and its licence notice.

    python3 digits_archive.py digits.csv[.gz] digits.tar.gz

The input is the set's test half as the UCI Machine Learning Repository has it (optdigits.tes):
1,797 rows of 64 pixels from 0 to 16 and the digit. Equal input gives an equal archive: times, owners
and modes are fixed.
"""

import gzip
import io
import sys
import tarfile

NOTICE = """\
digits.csv: 1,797 handwritten digits, one per row: the 64 pixels of an 8x8 grey image, row by row,
from 0 (paper) to 16 (ink), and the digit in the last column.

Source:  E. Alpaydin, C. Kaynak (1998). "Optical Recognition of Handwritten Digits" (the test half).
         UCI Machine Learning Repository,
         http://archive.ics.uci.edu/ml/datasets/optical+recognition+of+handwritten+digits
Licence: Creative Commons Attribution 4.0 International (CC BY 4.0),
         https://creativecommons.org/licenses/by/4.0/
"""


def member(archive, name, content):
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    entry.mode = 0o644
    archive.addfile(entry, io.BytesIO(content))


def main(source, target):
    opener = gzip.open if source.endswith(".gz") else open
    with opener(source, "rb") as file:
        rows = file.read()
    count = rows.count(b"\n")
    if count != 1797:
        sys.exit(f"the set has 1797 rows: rows={count}")
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        member(archive, "LICENCE.txt", NOTICE.encode("ascii"))
        member(archive, "digits.csv", rows)
    with open(target, "wb") as file:
        with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=file, mtime=0) as out:
            out.write(plain.getvalue())


if __name__ == "__main__":
    main(*sys.argv[1:])
