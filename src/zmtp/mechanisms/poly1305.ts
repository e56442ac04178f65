/**
 * Poly1305 (https://cr.yp.to/mac/poly1305-20050329.pdf) in floating point, as its author's own code has it: six limbs of 22 bits,
 * whose products and sums a double holds exactly. With integers, JavaScript needs a hundred multiplications a block instead of 36.
 *
 * @module
 */

/** Bits of a limb, as a factor. */
const LIMB = 2 ** 22;
const MASK = LIMB - 1;
/** Added and taken away again, it leaves of a double the multiple of 2^22 that is nearest. */
const ROUND = 3 * 2 ** 73;
/** 2^132 is 4 × 2^130, and 2^130 is 5. */
const FOLD = 20;
/** What of the key is no part of the factor. */
const CLAMP = [0x0fffffff, 0x0ffffffc, 0x0ffffffc, 0x0ffffffc] as const;

/** The limbs of a number of 128 bits in four words. */
function limbs(target: Float64Array, t0: number, t1: number, t2: number, t3: number): void {
  target[0] = t0 & MASK;
  target[1] = ((t0 >>> 22) | (t1 << 10)) & MASK;
  target[2] = ((t1 >>> 12) | (t2 << 20)) & MASK;
  target[3] = (t2 >>> 2) & MASK;
  target[4] = ((t2 >>> 24) | (t3 << 8)) & MASK;
  target[5] = t3 >>> 14;
}

export class Poly1305 {
  readonly #factor = new Float64Array(6);
  readonly #sum = new Float64Array(6);
  readonly #pad = new Int32Array(4);

  /** Begins with a key: the first eight of these words. */
  begin(words: Int32Array): void {
    const [a = 0, b = 0, c = 0, d = 0] = CLAMP.map((mask, index) => (words[index] ?? 0) & mask);
    limbs(this.#factor, a, b, c, d);
    this.#sum.fill(0);
    this.#pad.set(words.subarray(4, 8));
  }

  /**
   * Takes blocks of four words.
   *
   * @param end - 1, and 0 for a block that was cut: its own 1 stands in it.
   */

  update(words: Int32Array, from: number, blocks: number, end: 0 | 1): void {
    const r = this.#factor;
    const h = this.#sum;
    const r0 = r[0] ?? 0;
    const r1 = r[1] ?? 0;
    const r2 = r[2] ?? 0;
    const r3 = r[3] ?? 0;
    const r4 = r[4] ?? 0;
    const r5 = r[5] ?? 0;
    const s1 = FOLD * r1;
    const s2 = FOLD * r2;
    const s3 = FOLD * r3;
    const s4 = FOLD * r4;
    const s5 = FOLD * r5;
    let h0 = h[0] ?? 0;
    let h1 = h[1] ?? 0;
    let h2 = h[2] ?? 0;
    let h3 = h[3] ?? 0;
    let h4 = h[4] ?? 0;
    let h5 = h[5] ?? 0;
    const high = end << 18;
    for (let at = from; at < from + 4 * blocks; at += 4) {
      const t0 = words[at] ?? 0;
      const t1 = words[at + 1] ?? 0;
      const t2 = words[at + 2] ?? 0;
      const t3 = words[at + 3] ?? 0;
      h0 += t0 & MASK;
      h1 += ((t0 >>> 22) | (t1 << 10)) & MASK;
      h2 += ((t1 >>> 12) | (t2 << 20)) & MASK;
      h3 += (t2 >>> 2) & MASK;
      h4 += ((t2 >>> 24) | (t3 << 8)) & MASK;
      h5 += (t3 >>> 14) | high;
      const d0 = h0 * r0 + h1 * s5 + h2 * s4 + h3 * s3 + h4 * s2 + h5 * s1;
      const d1 = h0 * r1 + h1 * r0 + h2 * s5 + h3 * s4 + h4 * s3 + h5 * s2;
      const d2 = h0 * r2 + h1 * r1 + h2 * r0 + h3 * s5 + h4 * s4 + h5 * s3;
      const d3 = h0 * r3 + h1 * r2 + h2 * r1 + h3 * r0 + h4 * s5 + h5 * s4;
      const d4 = h0 * r4 + h1 * r3 + h2 * r2 + h3 * r1 + h4 * r0 + h5 * s5;
      const d5 = h0 * r5 + h1 * r4 + h2 * r3 + h3 * r2 + h4 * r1 + h5 * r0;
      // All carries at once, and once more what that left: a chain of them would wait for each.
      let c0 = d0 + ROUND - ROUND;
      let c1 = d1 + ROUND - ROUND;
      let c2 = d2 + ROUND - ROUND;
      let c3 = d3 + ROUND - ROUND;
      let c4 = d4 + ROUND - ROUND;
      let c5 = d5 + ROUND - ROUND;
      h0 = d0 - c0 + (c5 / LIMB) * FOLD;
      h1 = d1 - c1 + c0 / LIMB;
      h2 = d2 - c2 + c1 / LIMB;
      h3 = d3 - c3 + c2 / LIMB;
      h4 = d4 - c4 + c3 / LIMB;
      h5 = d5 - c5 + c4 / LIMB;
      c0 = h0 + ROUND - ROUND;
      c1 = h1 + ROUND - ROUND;
      c2 = h2 + ROUND - ROUND;
      c3 = h3 + ROUND - ROUND;
      c4 = h4 + ROUND - ROUND;
      c5 = h5 + ROUND - ROUND;
      h0 = h0 - c0 + (c5 / LIMB) * FOLD;
      h1 = h1 - c1 + c0 / LIMB;
      h2 = h2 - c2 + c1 / LIMB;
      h3 = h3 - c3 + c2 / LIMB;
      h4 = h4 - c4 + c3 / LIMB;
      h5 = h5 - c5 + c4 / LIMB;
    }
    h[0] = h0;
    h[1] = h1;
    h[2] = h2;
    h[3] = h3;
    h[4] = h4;
    h[5] = h5;
  }

  /** Writes the tag, four words. */
  finish(tag: Int32Array): void {
    const h = this.#sum;
    // Limbs are rounded to the nearest so far: from here on they are from 0 to 2^22 - 1, but for the highest.
    for (let round = 0; round < 3; round++) {
      for (let index = 0; index < 5; index++) {
        const carry = Math.floor((h[index] ?? 0) / LIMB);
        h[index] = (h[index] ?? 0) - carry * LIMB;
        h[index + 1] = (h[index + 1] ?? 0) + carry;
      }
      const above = Math.floor((h[5] ?? 0) / 2 ** 20); // 22 × 5 + 20 is 130.
      h[5] = (h[5] ?? 0) - above * 2 ** 20;
      h[0] = (h[0] ?? 0) + above * 5;
    }
    // What is 2^130 - 5 or more is that much less: then 5 more carry out of it.
    let carry = 5;
    for (let index = 0; index < 5; index++) carry = Math.floor(((h[index] ?? 0) + carry) / LIMB);
    const isAbove = Math.floor(((h[5] ?? 0) + carry) / 2 ** 20);
    carry = isAbove * 5;
    for (let index = 0; index < 6; index++) {
      const sum = (h[index] ?? 0) + carry;
      carry = Math.floor(sum / LIMB);
      h[index] = sum - carry * LIMB;
    }
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = h;
    const words = [a | (b << 22), (b >>> 10) | (c << 12), (c >>> 20) | (d << 2) | (e << 24), (e >>> 8) | (f << 14)];
    let sum = 0;
    for (let index = 0; index < 4; index++) {
      sum += ((words[index] ?? 0) >>> 0) + ((this.#pad[index] ?? 0) >>> 0);
      tag[index] = sum;
      sum = Math.floor(sum / 2 ** 32);
    }
  }
}
