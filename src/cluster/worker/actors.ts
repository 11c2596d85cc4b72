import type { HostedActors } from '../../engine/actors/actors.js';
import { ANSWERED, BatchedStream, CommError, type Connection } from '../comm/index.js';
import { type ActorAnswer, answering, decodeAsked } from '../wire/index.js';

/** Has others ask the actors of this worker. */
export class ServedActors {
  constructor(private readonly actors: HostedActors) {}

  /** Answers one question. Never rejects. */
  answer(fields: Readonly<Record<string, unknown>>): Promise<ActorAnswer> {
    return answering(async () => {
      const { actor, request } = decodeAsked(fields);
      return this.actors.ask({ key: actor }, request);
    });
  }

  /** Answers all that comes on a connection from now on, in the order in which answers are there. */
  async converse(connection: Connection): Promise<typeof ANSWERED> {
    const stream = new BatchedStream(connection);
    try {
      for await (const batch of stream.batches())
        for (const { op: _, id, ...fields } of batch)
          void this.answer(fields).then((answer) => stream.send({ op: 'answer', id, ...answer }));
    } catch (error) {
      if (!(error instanceof CommError)) throw error;
    }
    return ANSWERED;
  }
}
