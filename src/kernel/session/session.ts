import { randomUUID } from 'node:crypto';
import type { CellError, Output } from '../cells/messages.js';
import type { CellsProcess } from '../cells/process.js';
import type { Compiler } from '../compiler/handle.js';
import { type Content, type Header, type Message, PROTOCOL } from '../wire/message.js';
import { Cells } from './cells.js';
import { History } from './history.js';
import { kernelInfo } from './info.js';

/** Where messages go. */
export interface Outlet {
  send(channel: 'shell' | 'control' | 'iopub', message: Message): void;
}

/** What a request is answered with, and what is done when that has gone out. */
type Handler = (content: Content, request: Message) => Content | Promise<Content>;

/** Answers requests: one after another on the shell, those of control at once. */
export class Session {
  private readonly id = randomUUID();
  private readonly history = new History();
  private readonly queue: Message[] = [];
  private working = false;
  private readonly cells: Cells;
  /** Resolves with a shutdown, when it has been answered. */
  readonly over: Promise<void>;
  private end!: () => void;

  constructor(
    private readonly outlet: Outlet,
    private readonly compiler: Compiler,
    start: (output: (cell: string, output: Output) => void) => CellsProcess,
    private readonly version: string,
  ) {
    this.cells = new Cells(compiler, start, (type, content, parent) => this.publish(type, content, parent));
    this.over = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  private readonly handlers: Readonly<Record<string, Handler>> = {
    kernel_info_request: () => kernelInfo(this.version),
    execute_request: (content, request) => this.execute(content, request),
    complete_request: ({ code, cursor_pos: at }) =>
      this.compiler.ask('complete', textOf(code), Number(at ?? textOf(code).length)),
    inspect_request: ({ code, cursor_pos: at }) =>
      this.compiler.ask('inspect', textOf(code), Number(at ?? 0)),
    is_complete_request: ({ code }) => this.compiler.ask('isComplete', textOf(code)),
    history_request: (content) => this.history.answer(content),
    comm_info_request: () => ({ status: 'ok', comms: {} }),
    interrupt_request: () => {
      this.cells.interrupt();
      return { status: 'ok' };
    },
    shutdown_request: ({ restart }) => ({ status: 'ok', restart: restart === true }),
  };

  /** A request on the shell waits for those before it. */
  shell(request: Message): void {
    this.queue.push(request);
    void this.work();
  }

  control(request: Message): Promise<void> {
    return this.answer('control', request);
  }

  interrupt(): void {
    this.cells.interrupt();
  }

  private async work(): Promise<void> {
    if (this.working) return;
    this.working = true;
    for (let request = this.queue.shift(); request !== undefined; request = this.queue.shift())
      await this.answer('shell', request);
    this.working = false;
  }

  private async answer(channel: 'shell' | 'control', request: Message): Promise<void> {
    const type = request.header.msg_type;
    const handler = Object.hasOwn(this.handlers, type) ? this.handlers[type] : undefined;
    // comm_open and the like: there are no comms.
    if (handler === undefined) return;
    this.publish('status', { execution_state: 'busy' }, request.header);
    let content: Content;
    try {
      content = await handler(request.content, request);
    } catch (error) {
      const { name, message, stack } = error as Error;
      content = { status: 'error', ename: name, evalue: message, traceback: [stack ?? message] };
    }
    this.reply(channel, request, content);
    this.publish('status', { execution_state: 'idle' }, request.header);
    if (type === 'shutdown_request') this.end();
  }

  private async execute(content: Content, request: Message): Promise<Content> {
    const source = textOf(content.code);
    const silent = content.silent === true;
    const stored = !silent && content.store_history !== false;
    const run = this.cells.begin(stored, request.header);
    if (!silent) {
      if (stored) this.history.add(run.count, source);
      this.publish('execute_input', { code: source, execution_count: run.count }, request.header);
    }
    const { result, error } = await this.cells.run(run, source);
    if (error) {
      const said = errorContent(error);
      if (!silent) this.publish('error', said, request.header);
      if (content.stop_on_error !== false) await this.abort();
      return { status: 'error', ...said, execution_count: run.count, payload: [] };
    }
    if (result && !silent)
      this.publish('execute_result', { ...result, execution_count: run.count }, request.header);
    const expressions: Record<string, Content> = {};
    for (const [name, code] of Object.entries((content.user_expressions ?? {}) as Content))
      expressions[name] = await this.evaluate(textOf(code), request.header);
    return { status: 'ok', execution_count: run.count, user_expressions: expressions, payload: [] };
  }

  private async evaluate(source: string, parent: Header): Promise<Content> {
    const { result, error } = await this.cells.run(this.cells.begin(false, parent), source);
    if (error) return { status: 'error', ...errorContent(error) };
    return { status: 'ok', ...(result ?? { data: {}, metadata: {} }) };
  }

  /** Cells that wait behind one that failed do not run. */
  private async abort(): Promise<void> {
    // What was sent with the one that failed is here in a moment.
    await new Promise((resolve) => setTimeout(resolve, 20));
    const waiting = this.queue.splice(0);
    for (const request of waiting) {
      if (request.header.msg_type !== 'execute_request') {
        this.queue.push(request);
        continue;
      }
      this.publish('status', { execution_state: 'busy' }, request.header);
      this.reply('shell', request, { status: 'aborted', execution_count: this.cells.count });
      this.publish('status', { execution_state: 'idle' }, request.header);
    }
  }

  private reply(channel: 'shell' | 'control', request: Message, content: Content): void {
    const type = request.header.msg_type.replace(/_request$/, '_reply');
    this.outlet.send(channel, {
      identities: request.identities,
      header: this.header(type),
      parent: request.header,
      metadata: {},
      content,
      buffers: [],
    });
  }

  publish(type: string, content: Content, parent: Header | Record<string, never> = {}): void {
    this.outlet.send('iopub', {
      identities: [Buffer.from(type)],
      header: this.header(type),
      parent,
      metadata: {},
      content,
      buffers: [],
    });
  }

  private header(type: string): Header {
    return {
      msg_id: randomUUID(),
      session: this.id,
      username: 'kernel',
      date: new Date().toISOString(),
      msg_type: type,
      version: PROTOCOL,
    };
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const errorContent = ({ name, message, traceback }: CellError): Content => ({
  ename: name,
  evalue: message,
  traceback,
});
