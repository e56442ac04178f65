/**
 * What somebody meant who misspelt a name.
 *
 * @module
 */

/** The closest of the known names, when it is close: case and underscores do not count. */
export function suggest(name: string, known: readonly string[]): string | undefined {
  const plain = (text: string): string => text.replaceAll('_', '').toLowerCase();
  let nearest: string | undefined;
  let least = 1 + Math.max(1, Math.floor(name.length / 3));
  for (const candidate of known) {
    const distance = editDistance(plain(name), plain(candidate));
    if (distance < least) {
      nearest = candidate;
      least = distance;
    }
  }
  return nearest;
}

/** How many characters have to be added, left out, changed or exchanged with their neighbour. */
function editDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1];
      const exchanged = row > 1 && left[row - 2] === right[column - 1] && left[row - 1] === right[column - 2];
      current.push(
        Math.min(
          at(last, column) + 1,
          at(current, column - 1) + 1,
          at(last, column - 1) + (same ? 0 : 1),
          exchanged ? at(beforeLast, column - 2) + 1 : Infinity,
        ),
      );
    }
    beforeLast = last;
    last = current;
  }
  return at(last, right.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
