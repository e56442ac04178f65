import { expect, test } from 'vitest';
import { LineBuffer } from '../../../src/cli/kit/text/line-buffer.js';

async function written(buffer: LineBuffer): Promise<string> {
  const chunks: Buffer[] = [];
  const write = (chunk: string | Uint8Array): Promise<void> => {
    chunks.push(Buffer.from(chunk as Uint8Array));
    return Promise.resolve();
  };
  await buffer.flush({ isTTY: false, columns: undefined, write });
  return Buffer.concat(chunks).toString();
}

// A long text goes in by pieces, which end at no half of a character.
test.each([0, 1, 2, 3])('a text of 200,000 characters beyond U+FFFF stays whole, shifted by %i', async (shift) => {
  const text = 'a'.repeat(shift) + '😀é'.repeat(100_000);
  const buffer = new LineBuffer(16);
  buffer.text('> ');
  expect(buffer.text(text)).toBe(-1);
  buffer.text('\n');
  expect((await written(buffer)) === `> ${text}\n`).toBe(true);
});

test('a long text of ASCII tells its columns', async () => {
  const buffer = new LineBuffer(16);
  expect(buffer.text('x'.repeat(200_000))).toBe(200_000);
  expect(await written(buffer)).toHaveLength(200_000);
});
