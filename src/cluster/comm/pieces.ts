/** Short pieces are joined up to so many bytes, so that a message is one packet where it can be. */
const JOIN = 1 << 16;
/** Long frames go out in pieces: TLS copies what it is given at once. */
const PIECE = 1 << 20;

/** What is handed to the system at once, of parts of a message. */
export function piecesOf(parts: readonly Uint8Array[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let joined: Uint8Array[] = [];
  let bytes = 0;
  const flush = (): void => {
    if (joined.length > 0) pieces.push(joined.length === 1 ? joined[0]! : Buffer.concat(joined));
    joined = [];
    bytes = 0;
  };
  for (const part of parts) {
    if (bytes + part.length > JOIN) flush();
    if (part.length > JOIN) {
      for (let at = 0; at < part.length; at += PIECE) pieces.push(part.subarray(at, at + PIECE));
    } else {
      joined.push(part);
      bytes += part.length;
    }
  }
  flush();
  return pieces;
}
