import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { parseAddress } from '../../../src/cluster/comm/index.js';

/** A way to another process that can be broken in the middle. */
export interface Proxy {
  readonly address: string;
  /** Nobody gets through any more but who has. */
  stopListening(): void;
  /** Ends the connections there are for those who made them. Returns their other ends, which are left as they are. */
  hangUp(): Socket[];
  close(): void;
}

export async function startProxy(address: string): Promise<Proxy> {
  const { host, port } = parseAddress(address);
  const pairs = new Map<Socket, Socket>();
  const server = createServer((near) => {
    const far = connect({ host, port });
    pairs.set(near, far);
    for (const socket of [near, far]) socket.on('error', () => {});
    near.pipe(far).pipe(near);
    near.on('close', () => pairs.delete(near));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const hangUp = (): Socket[] => {
    const far = [...pairs.values()];
    for (const [near, other] of pairs) {
      near.unpipe(other);
      near.destroy();
    }
    return far;
  };
  return {
    address: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stopListening: () => void server.close(),
    hangUp,
    close: () => {
      for (const socket of hangUp()) socket.destroy();
      server.close();
    },
  };
}
