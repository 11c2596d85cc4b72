import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Content, Header, Message } from './message.js';

const DELIMITER = Buffer.from('<IDS|MSG>');

/** Frames that are no message, or whose signature is not by the key of the connection. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

/**
 * A message as frames: identities, the delimiter, the signature, four parts of JSON, buffers.
 *
 * @param key of the connection file; empty: nothing is signed
 */
export function framesOf(message: Message, key: string): Uint8Array[] {
  const { header, parent, metadata, content } = message;
  const parts = [header, parent, metadata, content].map((part) => Buffer.from(JSON.stringify(part)));
  return [
    ...message.identities,
    DELIMITER,
    Buffer.from(signatureOf(parts, key)),
    ...parts,
    ...message.buffers,
  ];
}

/** @throws WireError */
export function messageOf(frames: readonly Uint8Array[], key: string): Message {
  const at = frames.findIndex((frame) => DELIMITER.equals(frame));
  if (at < 0 || frames.length < at + 6) throw new WireError('no message: its delimiter or a part is missing');
  const parts = frames.slice(at + 2, at + 6);
  const given = Buffer.from(frames[at + 1]!);
  const right = Buffer.from(signatureOf(parts, key));
  if (key !== '' && (given.length !== right.length || !timingSafeEqual(given, right)))
    throw new WireError('the signature is not by the key of this connection');
  const [header, parent, metadata, content] = parts.map(objectOf);
  if (typeof header!.msg_type !== 'string' || typeof header!.msg_id !== 'string')
    throw new WireError('the header has no msg_type or no msg_id');
  return {
    identities: frames.slice(0, at),
    header: header as unknown as Header,
    parent: parent as unknown as Header,
    metadata: metadata!,
    content: content!,
    buffers: frames.slice(at + 6),
  };
}

function signatureOf(parts: readonly Uint8Array[], key: string): string {
  if (key === '') return '';
  const hmac = createHmac('sha256', key);
  for (const part of parts) hmac.update(part);
  return hmac.digest('hex');
}

function objectOf(frame: Uint8Array): Content {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(frame).toString());
  } catch (cause) {
    throw new WireError('a part is no JSON', { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new WireError('a part is no object');
  return value as Content;
}
