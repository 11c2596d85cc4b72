import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { KubernetesObject } from '../chart.js';

/** What the API server refused: `code` is the status of HTTP. */
export class ApiError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

const PATCHES = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
};

/** Speaks to a Kubernetes API server, as one user. */
export class Api {
  private readonly agent: Agent;
  private readonly watches = new Set<IncomingMessage>();

  constructor(
    readonly server: string,
    readonly ca: string,
    readonly token: string,
  ) {
    this.agent = new Agent({ ca, keepAlive: true });
  }

  /** Whether it has all that it starts with. */
  async isReady(): Promise<boolean> {
    const response = await this.send('GET', '/readyz').catch(() => undefined);
    response?.resume();
    return response?.statusCode === 200;
  }

  get = (path: string): Promise<KubernetesObject> => this.json('GET', path);
  create = (path: string, body: KubernetesObject): Promise<KubernetesObject> => this.json('POST', path, body);
  delete = (path: string, body: KubernetesObject = {}): Promise<KubernetesObject> =>
    this.json('DELETE', path, body);
  patch = (
    path: string,
    body: KubernetesObject,
    kind: keyof typeof PATCHES = 'strategic',
  ): Promise<KubernetesObject> => this.json('PATCH', path, body, PATCHES[kind]);

  /**
   * Tells of each object of a list as it is now, then of each change, until the program ends.
   *
   * @param query what restricts the list, such as `fieldSelector=…`
   * @param failed told where the server ends the watch, which it does not within an hour
   */
  async watch(
    path: string,
    on: (type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubernetesObject) => void,
    failed: (error: Error) => void,
    query = '',
  ): Promise<void> {
    const list = await this.get(`${path}?${query}`);
    for (const item of list.items) on('ADDED', item);
    const { resourceVersion } = list.metadata;
    const watch = `${path}?watch=1&timeoutSeconds=3600&resourceVersion=${resourceVersion}&${query}`;
    const response = await this.send('GET', watch);
    if (response.statusCode !== 200) throw new ApiError(response.statusCode!, await text(response));
    this.watches.add(response);
    const lines = createInterface(response);
    lines.on('line', (line) => {
      const { type, object } = JSON.parse(line);
      if (type === 'ERROR') failed(new Error(`watch of ${path}: ${object.message}`));
      else on(type, object);
    });
    response.on('close', () => {
      if (this.watches.delete(response)) failed(new Error(`the watch of ${path} ended`));
    });
  }

  close(): void {
    for (const watch of this.watches) {
      this.watches.delete(watch);
      watch.destroy();
    }
    this.agent.destroy();
  }

  private async json(
    method: string,
    path: string,
    body?: KubernetesObject,
    type = 'application/json',
  ): Promise<KubernetesObject> {
    const response = await this.send(method, path, body && JSON.stringify(body), type);
    const answer = JSON.parse(await text(response));
    if (response.statusCode! >= 400)
      throw new ApiError(response.statusCode!, `${method} ${path}: ${answer.message}`);
    return answer;
  }

  private send(
    method: string,
    path: string,
    body?: string,
    type = 'application/json',
  ): Promise<IncomingMessage> {
    const headers = {
      authorization: `Bearer ${this.token}`,
      accept: 'application/json',
      'content-type': type,
      // Node leaves it out of what deletes.
      ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
    };
    return new Promise((resolve, reject) => {
      const asked = request(`${this.server}${path}`, { method, headers, agent: this.agent }, resolve);
      asked.on('error', reject);
      asked.end(body);
    });
  }
}
