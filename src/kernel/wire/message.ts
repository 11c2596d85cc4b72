/** Headers and messages of the Jupyter protocol, 5.3: https://jupyter-client.readthedocs.io/en/stable/messaging.html */

export const PROTOCOL = '5.3';

export interface Header {
  readonly msg_id: string;
  readonly session: string;
  readonly username: string;
  readonly date: string;
  readonly msg_type: string;
  readonly version: string;
}

export type Content = Readonly<Record<string, unknown>>;

export interface Message {
  /** Whom a reply goes to: the frames before the delimiter. For what is published, its topic. */
  readonly identities: readonly Uint8Array[];
  readonly header: Header;
  /** Header of the request that it answers; empty where there is none. */
  readonly parent: Header | Record<string, never>;
  readonly metadata: Content;
  readonly content: Content;
  readonly buffers: readonly Uint8Array[];
}

/** Forms of one value by MIME type: text as it is, bytes in base64. */
export interface Bundle {
  readonly data: Content;
  readonly metadata: Content;
}
