/**
 * Inputs on which a fuzzer once found a fault, as base64, with what the fault was.
 *
 * @module
 */
export const fuzzRegressions: readonly { readonly fault: string; readonly data: string }[] = [
  {
    fault: 'an INT in binary digits, which the decoder reads as C does, cannot be cut into tokens',
    data: 'KEkwMApJMEIxCnQu',
  },
  {
    fault: 'a LONG_BINPUT with a large index must not make a large memo',
    data: 'KGRQMApWbWUKcDEKcmcwkXMu',
  },
];
