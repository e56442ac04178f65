/**
 * Texts of the library as the program says them: by the names of its own options.
 *
 * @module
 */

/** Whole phrases, because a text may quote what a server or a user wrote. */
const PHRASES: readonly (readonly [RegExp, string])[] = [
  [
    /set the option security as the server has it/g,
    'give --curve-server-key or --plain-username, or neither, as the server has it',
  ],
  [/serverKey (?=is (?:not its public key|no CURVE key))/g, '--curve-server-key '],
  [/publicKey (?=is no CURVE key)/g, '--curve-public-key '],
  [/clientKeys (?=is no CURVE key)/g, '--serve-curve-client-key '],
  [/secretKey (?=is no CURVE key)/g, 'the secret key '],
  [/as generateCurveKeyPair\(\) makes them/g, 'as "vnpy-bridge keygen" makes them'],
];

/** A message of the library, which tells its readers of options of an API, for who has the command line. */
export function libraryText(text: string): string {
  return PHRASES.reduce((said, [phrase, instead]) => said.replace(phrase, instead), text);
}
