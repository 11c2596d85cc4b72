import { once } from 'node:events';
import { expect, test } from 'vitest';
import { PROTOCOL } from '../../../src/cluster/client/hello.js';
import { Session } from '../../../src/cluster/client/session.js';
import { ANSWERED, type Connection, formatAddress, listen } from '../../../src/cluster/comm/index.js';

test('a session that is closed while it registers leaves no connection', async () => {
  const asked = new EventTarget();
  let peer: Connection | undefined;
  await using scheduler = await listen({
    handlers: {
      tilework_hello: () => ({ protocol: PROTOCOL }),
      versions: () => ({}),
      'register-client'(_, connection) {
        peer = connection;
        asked.dispatchEvent(new Event('registered'));
        return ANSWERED;
      },
    },
  });
  const events = { message() {}, restored() {}, gone() {} };
  const session = new Session(formatAddress(scheduler.address), {}, 'test', events, { inject: false });
  const registered = once(asked, 'registered');
  const opened = session.open();
  await registered;
  await session.close();
  await peer!.write([{ op: 'stream-start' }]);
  await expect(opened).rejects.toThrow('the engine was disposed of');
  await peer!.ended;
  session.send({ op: 'heartbeat-client' });
});
