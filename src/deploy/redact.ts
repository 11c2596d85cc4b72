/** Of what tools print, that which a log must not have. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g, '*** private key ***'],
  [/\b(AKIA|ASIA)[A-Z0-9]{12,}\b/g, '$1***'],
  [
    /((?:password|passwd|token|secret_?access_?key|secret_?key|client-key-data)["']?\s*[:=]\s*["']?)[^\s"',]+/gi,
    '$1***',
  ],
];

/** Variables of the environment whose values are secrets. */
const VARIABLES = ['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'S3_SECRET_ACCESS_KEY'];

/** A text without the secrets that are known by their form, or from the environment. */
export function redact(text: string, environment: NodeJS.ProcessEnv): string {
  let clean = text;
  for (const name of VARIABLES) {
    const value = environment[name];
    // A shorter one would be found in words.
    if (value !== undefined && value.length >= 8) clean = clean.replaceAll(value, '***');
  }
  for (const [pattern, instead] of SECRETS) clean = clean.replace(pattern, instead);
  return clean;
}
