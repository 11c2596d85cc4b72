/** The Castagnoli polynomial, bits reversed. */
const POLYNOMIAL = 0x82f63b78;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let c = byte;
  for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ POLYNOMIAL : c >>> 1;
  return c;
});

/** The CRC-32C checksum that zarr's `crc32c` codec appends. */
export function crc32c(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) c = TABLE[(c ^ bytes[i]!) & 0xff]! ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

/**
 * What stands before a checksum of four bytes.
 * @throws if it does not fit
 */
export function checked(bytes: Uint8Array): Uint8Array {
  const body = bytes.subarray(0, Math.max(0, bytes.length - 4));
  const said = new DataView(bytes.buffer, bytes.byteOffset + body.length, bytes.length - body.length);
  if (said.byteLength < 4 || said.getUint32(0, true) !== crc32c(body))
    throw new Error('its CRC-32C checksum does not fit');
  return body;
}
