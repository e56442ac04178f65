"""Which characters `repr` shows as they are, by the Unicode of this Python: the tables of src/pickle/wire/printable.ts.

    python3.10 python-fixtures/printable.py > 13.txt
    python3.11 python-fixtures/printable.py 13.txt

The first prints all runs from U+0080 on, in base 36 and by turns: so many are not printable, so many are. With a file that
another Python printed, it prints the runs of those that are new. No version of Unicode has taken one back.
"""

import sys
import unicodedata

FIRST = 0x80
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def base36(number: int) -> str:
    text = ""
    while number >= 36:
        number, digit = divmod(number, 36)
        text = DIGITS[digit] + text
    return DIGITS[number] + text


def runs(characters: "set[int]") -> str:
    lengths, inside, length = [], False, 0
    for code in range(FIRST, 0x110000):
        if (code in characters) != inside:
            lengths.append(length)
            inside, length = not inside, 0
        length += 1
    if inside:
        lengths.append(length)
    return " ".join(map(base36, lengths))


def characters(text: str) -> "set[int]":
    found, at, inside = set(), FIRST, False
    for length in text.split():
        if inside:
            found.update(range(at, at + int(length, 36)))
        at += int(length, 36)
        inside = not inside
    return found


printable = {code for code in range(FIRST, 0x110000) if chr(code).isprintable()}
for path in sys.argv[1:]:
    with open(path, encoding="ascii") as file:
        before = characters(file.read())
    if before - printable:
        sys.exit("Unicode %s has taken characters back" % unicodedata.unidata_version)
    printable -= before
print(runs(printable))
