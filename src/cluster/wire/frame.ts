/** Bytes of a message that are fetched when it is their turn to be sent, so that not all need be in memory at once. */
export class LaterFrame {
  /**
   * @param length of what `load` will bring
   * @param load called once, when all before it is sent
   * @param sent called when the bytes are not needed any more
   */
  constructor(
    readonly length: number,
    readonly load: () => Promise<Uint8Array>,
    readonly sent: () => void,
  ) {}
}

/** A part of a message that is to be sent. */
export type Frame = Uint8Array | LaterFrame;
