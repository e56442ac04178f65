/**
 * Inputs on which a fuzzer once found a fault, as base64, with what the fault was.
 *
 * @module
 */
export const fuzzRegressions: readonly { readonly fault: string; readonly data: string }[] = [];
