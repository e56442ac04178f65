/**
 * JSON whose integers are exact: the ids of some brokers are beyond 2^53, and a rounded one cancels another order.
 *
 * @module
 */

/** A string, with the colon behind it if it is a name; or an integer with its sign, and what makes it a float. */
const TOKEN = /"((?:[^"\\]|\\.)*)"(\s*:)?|-?\d+([.eE][\d.eE+-]*)?/g;

/**
 * What a JSON text says. An integer beyond 2^53 is a bigint.
 *
 * @throws SyntaxError when it is no JSON.
 */
export function parseExactJson(text: string): unknown {
  // What is no JSON is told of the text as it was given.
  JSON.parse(text);
  // Large integers become texts; each text says by its first letter which it is.
  const marked = text.replace(TOKEN, (token, content: string | undefined, colon: unknown, fraction: unknown) => {
    if (content !== undefined) return colon === undefined ? `"s${content}"` : token;
    if (fraction !== undefined || Number.isSafeInteger(Number(token))) return token;
    return `"i${token}"`;
  });
  return JSON.parse(marked, (_name, value: unknown) => {
    if (typeof value !== 'string') return value;
    return value.startsWith('i') ? BigInt(value.slice(1)) : value.slice(1);
  });
}
