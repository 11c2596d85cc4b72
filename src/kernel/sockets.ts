import type { Publisher, Reply, Router } from 'zeromq';
import { type Connection, readConnection } from './wire/connection.js';
import { framesOf, messageOf, WireError } from './wire/frames.js';
import type { Message } from './wire/message.js';

/** What is left to send gets so long when the kernel ends. */
const LINGER_MS = 1_000;

/** The sockets of a connection. What is sent on one goes out in the order in which it was given. */
export class Sockets {
  private readonly sending = new Map<object, Promise<void>>();

  private constructor(
    private readonly connection: Connection,
    private readonly sockets: {
      readonly shell: Router;
      readonly control: Router;
      readonly stdin: Router;
      readonly iopub: Publisher;
      readonly hb: Reply;
    },
  ) {}

  /** @throws Error where an address is taken */
  static async bind(connectionFile: string): Promise<Sockets> {
    const connection = readConnection(connectionFile);
    const zmq = await import('zeromq');
    const options = { linger: LINGER_MS };
    const sockets = {
      shell: new zmq.Router(options),
      control: new zmq.Router(options),
      stdin: new zmq.Router(options),
      // Above a limit a publisher drops messages.
      iopub: new zmq.Publisher({ ...options, sendHighWaterMark: 0 }),
      hb: new zmq.Reply(options),
    };
    for (const channel of ['shell', 'control', 'stdin', 'iopub', 'hb'] as const)
      await sockets[channel].bind(connection.addresses[channel]);
    return new Sockets(connection, sockets);
  }

  /** Messages of a channel as they come. What is not signed as it must be is said on stderr, and dropped. */
  async *messages(channel: 'shell' | 'control'): AsyncGenerator<Message> {
    for await (const frames of this.sockets[channel]) {
      let message: Message;
      try {
        message = messageOf(frames, this.connection.key);
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        console.error(`tilework kernel: dropped what came on ${channel}: ${error.message}`);
        continue;
      }
      yield message;
    }
  }

  send(channel: 'shell' | 'control' | 'iopub', message: Message): void {
    const socket = this.sockets[channel];
    const frames = framesOf(message, this.connection.key) as Buffer[];
    // A socket takes one message at a time.
    const before = this.sending.get(socket) ?? Promise.resolve();
    this.sending.set(
      socket,
      before.then(() => socket.send(frames)).catch((error) => console.error(`tilework kernel: ${error}`)),
    );
  }

  /** Answers heartbeats: nothing else in this thread takes long. */
  async beat(): Promise<void> {
    for await (const frames of this.sockets.hb) await this.sockets.hb.send(frames);
  }

  /** Sends what is left, and closes. */
  async close(): Promise<void> {
    await Promise.all(this.sending.values());
    for (const socket of Object.values(this.sockets)) socket.close();
  }
}
