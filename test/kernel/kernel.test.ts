import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answered, notebookPython, printed, type Said, TestKernel } from './support/kernel.js';

const python = notebookPython();

describe.skipIf(python === undefined)('the kernel, by jupyter_client', () => {
  let kernel: TestKernel;
  beforeAll(async () => {
    kernel = await TestKernel.start(python!);
  });
  afterAll(async () => {
    await kernel.call('shutdown');
    await kernel.stop();
  });

  const error = async (code: string): Promise<Record<string, string> & { traceback: string[] }> => {
    const { reply, published } = await kernel.run(code);
    expect(reply.content.status).toBe('error');
    const said = published.find(({ type }) => type === 'error')!.content;
    expect(said.ename).toBe(reply.content.ename);
    return said;
  };

  it('says what it is', async () => {
    const { reply } = await kernel.ask('kernel_info_request', {});
    expect(reply.content).toMatchObject({
      status: 'ok',
      protocol_version: '5.3',
      implementation: 'tilework',
      language_info: { name: 'typescript', file_extension: '.ts' },
    });
    const comms = await kernel.ask('comm_info_request', {});
    expect(comms.reply.content).toEqual({ status: 'ok', comms: {} });
    const control = await kernel.ask('kernel_info_request', {}, 'control');
    expect(control.reply.content.status).toBe('ok');
  });

  it('is busy, says the cell, its output and its result, and is idle, in this order', async () => {
    const { published, reply } = await kernel.run("console.log('a'); console.error('b'); 6 * 7");
    const count = reply.content.execution_count;
    expect(
      published.map(({ type, content }) => [type, content.execution_state ?? content.text ?? content.data]),
    ).toEqual([
      ['status', 'busy'],
      ['execute_input', undefined],
      ['stream', 'a\n'],
      ['stream', 'b\n'],
      ['execute_result', { 'text/plain': '42' }],
      ['status', 'idle'],
    ]);
    expect(published[1]!.content.execution_count).toBe(count);
    expect(published[4]!.content.execution_count).toBe(count);
  });

  it('loses no output in fifty cells, sent one after another and all at once', async () => {
    const cells = Array.from(
      { length: 50 },
      (_, i) => `console.log('out ${i}'); await display(${i}); ${i} * 2`,
    );
    const check = (answer: Answered, i: number): void => {
      expect(printed(answer)).toBe(`out ${i}\n`);
      const shown = answer.published.map(({ type, content }) => [type, content.data?.['text/plain']]);
      expect(shown.slice(2)).toEqual([
        ['stream', undefined],
        ['display_data', String(i)],
        ['execute_result', String(i * 2)],
        ['status', undefined],
      ]);
    };
    (await kernel.call<Answered[]>('many', cells.slice(0, 40))).forEach(check);
    for (const [i, cell] of cells.entries()) if (i >= 40) check(await kernel.run(cell), i);
    const much = await kernel.run("for (let i = 0; i < 20_000; i++) console.log('line', i)");
    expect(printed(much)).toBe(Array.from({ length: 20_000 }, (_, i) => `line ${i}\n`).join(''));
  });

  it('keeps what cells declare, and takes it anew', async () => {
    await kernel.run('let n = 1; const { a, b: [c, ...d], ...e } = { a: 1, b: [2, 3, 4], f: 5 };');
    expect(await kernel.text('[n, a, c, d, e]')).toBe('[ 1, 1, 2, [ 3, 4 ], { f: 5 } ]');
    await kernel.run(
      'function next(): number { return ++n; }\nclass Box<T> { constructor(readonly value: T) {} }',
    );
    await kernel.run("interface Named { name: string }\ntype Id = number;\nenum Side { Left, Right = 'R' }");
    expect(await kernel.text('next(); n += 1; next()')).toBe('4');
    expect(await kernel.text('new Box<Id>(n).value + 0.5')).toBe('4.5');
    expect(await kernel.text("const named: Named = { name: 'x' }; [named.name, Side.Right]")).toBe(
      "[ 'x', 'R' ]",
    );
    await kernel.run('const n = "text"; class Box {}');
    expect(await kernel.text('[n.length, new Box()]')).toBe('[ 4, Box {} ]');
  });

  it('awaits on the top level, and what the last expression promises', async () => {
    expect(await kernel.text('const one = await Promise.resolve(1); Promise.resolve(one + 1)')).toBe('2');
    expect(await kernel.data('undefined')).toBeUndefined();
    expect(await kernel.data('const two = 2')).toBeUndefined();
  });

  it('imports: of Node, of packages that are ES modules only, of tilework', async () => {
    await kernel.run(
      "import { join as glue } from 'node:path';\nimport * as Plot from '@observablehq/plot';",
    );
    await kernel.run(
      "import * as tw from 'tilework';\nimport { col } from 'tilework';\nimport os, { EOL } from 'node:os';",
    );
    expect(await kernel.text("glue('a', 'b')")).toBe("'a/b'");
    expect(await kernel.text('typeof Plot.plot')).toBe("'function'");
    expect(await kernel.text('[os.EOL === EOL, typeof col]')).toBe("[ true, 'function' ]");
    expect(await kernel.text('await tw.arange(100_000, { chunks: 10_000 }).sum().compute()')).toBe(
      '4999950000',
    );
    expect((await error("import { nothing } from 'node:path'")).evalue).toMatch(
      /no exported member 'nothing'/,
    );
    const missing = 'In the folder of the notebook: npm install';
    for (const [name, packaged] of [
      ['no-such-package', 'no-such-package'],
      ['@no/such/part.js', '@no/such'],
    ])
      expect((await error(`import x from '${name}'`)).evalue).toMatch(RegExp(`${missing} ${packaged}$`));
    expect((await error("import 'no-effect'")).evalue).toContain(`${missing} no-effect`);
    expect((await error("import './nowhere.js'")).evalue).not.toContain(missing);
    expect(await kernel.text('(() => [import.meta.dirname === process.cwd(), import.meta.url])()')).toMatch(
      /\[ true, 'file:\/\/.*\/cell-\d+\.mts' \]/,
    );
  });

  it('puts a name before a global one for cells only', async () => {
    await kernel.run("import { setTimeout } from 'node:timers/promises'; const URL = 'mine'");
    expect(await kernel.text("[await setTimeout(1, 'slept'), URL]")).toBe("[ 'slept', 'mine' ]");
    expect(await kernel.text('typeof globalThis.URL')).toBe("'function'");
    await kernel.run(
      "import { setTimeout, clearTimeout } from 'node:timers'; import { URL } from 'node:url'",
    );
  });

  it('says what is of a wrong type, and where, and runs nothing of it', async () => {
    const wrong = await error("console.log('ran');\nconst size: number = 'big';");
    expect(wrong.ename).toBe('TypeScriptError');
    expect(wrong.evalue).toBe("line 2: Type 'string' is not assignable to type 'number'.");
    expect(wrong.traceback.join('\n')).toMatch(
      /line 2.*TS2322.*\n {2}2 \| const size: number = 'big';\n {4}\| {7}\^/,
    );
    expect((await error('size')).evalue).toBe("line 1: Cannot find name 'size'.");
    await kernel.run('const fixed = 1');
    expect((await error('fixed = 2')).evalue).toMatch(/constant/);
    expect((await error('const half = (')).evalue).toMatch(/Expression expected/);
    expect((await error('using file = { [Symbol.dispose]() {} }')).evalue).toMatch(/use const/);
  });

  it('says where a cell threw, by its own lines', async () => {
    const code =
      'interface Unused { x: 1 }\n\nfunction fails(n: number): never {\n  throw new RangeError("no " + n);\n}\nfails(3)';
    const { ename, evalue, traceback } = await error(code);
    expect([ename, evalue]).toEqual(['RangeError', 'no 3']);
    const [, inside, outside, ...more] = traceback;
    expect(inside).toMatch(/fails, cell \d+, line 4/);
    expect(outside).toMatch(/cell \d+, line 6/);
    expect(more).toEqual([]);
    // Of a cell that fails counts what came before.
    await error("const before = 1; const after = JSON.parse('{')");
    expect(await kernel.text('before')).toBe('1');
    expect((await error('after')).evalue).toBe("line 1: Cannot find name 'after'.");
    expect((await error("throw 'a text'")).evalue).toBe('a text');
  });

  it('says that nobody is there to be asked, unless the user declares who is', async () => {
    expect((await error("prompt('name?')")).evalue).toMatch(/^prompt\(\) cannot ask in a notebook: write/);
    await kernel.run('const confirm = (question: string) => question.length');
    expect(await kernel.text("confirm('yes?')")).toBe('4');
  });

  it('does not run cells that wait behind one that failed', async () => {
    const cells = ["console.log('first')", "throw new Error('x')", "console.log('never')"];
    const answers = await kernel.call<Answered[]>('many', cells);
    expect(answers.map(({ reply }) => reply.content.status)).toEqual(['ok', 'error', 'aborted']);
    expect(printed(answers[2]!)).toBe('');
    const on = await kernel.run("throw new Error('x')", { stop_on_error: false });
    expect(on.reply.content.status).toBe('error');
  });

  it('runs silently, without a number or an output; and evaluates expressions beside a cell', async () => {
    const before = (await kernel.run('1')).reply.content.execution_count;
    const silent = await kernel.run('globalThis.quiet = 1; 5', { silent: true });
    expect(silent.published.map(({ type }) => type)).toEqual(['status', 'status']);
    const asked = await kernel.run('const v = 20', { user_expressions: { twice: 'v * 2', wrong: 'v.no' } });
    expect(asked.reply.content.execution_count).toBe(before + 1);
    expect(asked.reply.content.user_expressions).toMatchObject({
      twice: { status: 'ok', data: { 'text/plain': '40' } },
      wrong: { status: 'error', ename: 'TypeScriptError' },
    });
    const { reply } = await kernel.ask('history_request', {
      hist_access_type: 'tail',
      n: 1,
      output: false,
      raw: true,
    });
    expect(reply.content.history).toEqual([[1, before + 1, 'const v = 20']]);
  });

  it('shows arrays, frames, graphs, plots, elements and images', async () => {
    await kernel.run("import * as tw from 'tilework';\nimport * as Plot from '@observablehq/plot';");
    const array = await kernel.data('tw.arange(1e6, { chunks: 250_000 })');
    expect(array!['text/html']).toMatch(/<svg[\s\S]*float64|float64[\s\S]*<svg/);
    expect(array!['text/plain']).toMatch(/TileArray.*1000000/);
    const frame = await kernel.data("tw.fromRows([{ x: 1, y: '<b>' }])");
    expect(frame!['text/html']).toMatch(/^<table.*<td>1<\/td><td>&#60;b&#62;<\/td>/);
    expect(frame!['text/plain']).toMatch(/x +y/);
    expect(await kernel.text('await tw.arange(3).compute()')).toMatch(/\[ *0\.?,? +1\.?,? +2\.? *\]/);
    const graph = await kernel.data('tw.arange(10, { chunks: 5 }).add(1).visualize()');
    expect(graph!['image/svg+xml']).toMatch(/^<svg xmlns=.*2 tasks/s);
    const plot = await kernel.data(
      'Plot.plot({ document, marks: [Plot.dot([{ x: 1, y: 2 }], { x: "x", y: "y" })] })',
    );
    expect(plot!['image/svg+xml']).toMatch(/^<svg xmlns=.*<circle/s);
    const element = await kernel.data("const p = document.createElement('p'); p.textContent = 'a<b'; p");
    expect(element!['text/html']).toBe('<p>a&lt;b</p>');
    const png =
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
    expect((await kernel.data(`Buffer.from('${png}', 'base64')`))!['image/png']).toBe(png);
    const own = await kernel.data(
      "({ [Symbol.for('Jupyter.display')]: () => ({ 'text/markdown': '*own*' }) })",
    );
    expect(own!['text/markdown']).toBe('*own*');
  });

  it('updates and clears what was shown, and shows progress as HTML', async () => {
    const { published } = await kernel.run(
      "const shown = await display.html('<i>1</i>'); await shown.update(2); display.clear(true); await display.markdown('*3*')",
    );
    const [first, second, clear, third] = published.slice(2);
    expect(first!.content.data['text/html']).toBe('<i>1</i>');
    expect(second).toMatchObject({
      type: 'update_display_data',
      content: { transient: first!.content.transient },
    });
    expect(clear).toMatchObject({ type: 'clear_output', content: { wait: true } });
    expect(third!.content.data['text/markdown']).toBe('*3*');
    const computed = await kernel.run(
      "await tw.random.defaultRng(1).random([400, 400], { chunks: 100 }).sum().compute({ onProgress: tw.progressBar('sum') })",
    );
    const bars = computed.published.filter(({ type }) => type.endsWith('display_data'));
    expect(new Set(bars.map(({ content }) => content.transient.display_id)).size).toBe(1);
    expect(bars.at(-1)!.content.data['text/html']).toMatch(/sum <progress value="(\d+)" max="\1">/);
  });

  it('completes and explains by types, counting code points', async () => {
    await kernel.run('const list = [1, 2]; const wörter = { größe: 1, grün: 2 };');
    const complete = async (code: string) =>
      (await kernel.ask('complete_request', { code, cursor_pos: [...code].length })).reply.content;
    expect(await complete('list.ma')).toMatchObject({ matches: ['map'], cursor_start: 5, cursor_end: 7 });
    expect(await complete('"😀"; wörter.gr')).toMatchObject({
      matches: ['größe', 'grün'],
      cursor_start: 12,
      cursor_end: 14,
    });
    expect((await complete("import * as tw from 'tilework';\ntw.arang")).matches).toContain('arange');
    expect(await complete("import { join } from 'node:pa")).toMatchObject({
      matches: ['node:path', 'node:path/posix', 'node:path/win32'],
      cursor_start: 22,
    });
    expect(await complete("import Plot from '@observablehq/pl")).toMatchObject({
      matches: ['plot'],
      cursor_start: 32,
    });
    const code = '"😀"; list';
    const { reply } = await kernel.ask('inspect_request', { code, cursor_pos: 7, detail_level: 0 });
    expect(reply.content).toMatchObject({ found: true, data: { 'text/plain': 'const list: number[]' } });
    const nothing = await kernel.ask('inspect_request', { code: '   ', cursor_pos: 1, detail_level: 0 });
    expect(nothing.reply.content).toMatchObject({ status: 'ok', found: false });
  });

  it.each([
    ['x = 1', 'complete'],
    ['for (const x of [1]) {', 'incomplete'],
    ['f(1,', 'incomplete'],
    ['const t = `a', 'incomplete'],
    ['/* open', 'incomplete'],
    ['1 1', 'invalid'],
  ])('%j is %s', async (code, status) => {
    expect((await kernel.ask('is_complete_request', { code })).reply.content.status).toBe(status);
  });

  it.each([
    ['a loop', "console.log('go'); while (true) {}"],
    ['a loop after an await', "console.log('go'); await 1; for (;;) {}"],
    [
      'a loop in a timer',
      "console.log('go'); setTimeout(() => { for (;;) {} }, 5); await new Promise(() => {})",
    ],
    ['a promise that stays pending', "console.log('go'); await new Promise(() => {})"],
  ])('interrupts %s, and keeps what there was', async (_, code) => {
    await kernel.run('const kept = { since: "before" }');
    const answer = await kernel.call<Answered & { alive: boolean }>('interrupted', code, 0.3);
    expect(answer.reply.content).toMatchObject({ status: 'error', ename: 'Interrupted' });
    expect(answer.alive).toBe(true);
    expect(await kernel.text('kept.since')).toBe("'before'");
  });

  it('leaves nothing computing behind an interrupt', async () => {
    const count = async () => Number(await kernel.text('runs'));
    await kernel.run('var runs = 0');
    const code =
      "for (;;) { await tw.arange(1e6, { chunks: 1e5 }).sum().compute(); if (++runs === 1) console.log('go'); }";
    await kernel.call('interrupted', code, 0.3);
    const before = await count();
    expect(before).toBeGreaterThan(0);
    await kernel.run('await new Promise((done) => setTimeout(done, 200))');
    expect(await count()).toBe(before);
    expect(await kernel.text('await tw.arange(1000).sum().compute()')).toBe('499500');
  });

  it('ends a query of frames, and what a cluster computes, on an interrupt', {
    timeout: 120_000,
  }, async () => {
    // Every row beside every row beside every row: nobody will see the end of it.
    await kernel.run('const frame = tw.fromRows(Array.from({ length: 60_000 }, (_, i) => ({ key: 1, i })))');
    const joins = ".join(frame, { on: 'key' }).join(frame, { on: 'key', suffix: '_third' })";
    const query = `frame${joins}.agg({ sum: tw.col('i_third').sum() }).rows()`;
    const loop = 'tw.delayed(() => { for (;;) {} })().compute()';
    const isEnded = async (computing: string): Promise<void> => {
      const code = `console.log('go'); var outcome = ${computing}.then(String, (e) => e.name); await outcome`;
      const answer = await kernel.call<Answered>('interrupted', code, 0.3);
      expect(answer.reply.content).toMatchObject({ status: 'error', ename: 'Interrupted' });
      expect(await kernel.text('await outcome'), computing).toBe("'Interrupted'");
    };
    await isEnded(query);
    // DuckDB, which is in the process of cells, comes to rest.
    const spent = `const before = process.cpuUsage(); await new Promise((done) => setTimeout(done, 200));
      const { user, system } = process.cpuUsage(before); user + system`;
    while (Number(await kernel.text(spent)) > 50_000);

    await kernel.run(
      `const cluster = await tw.LocalCluster({ dask: ${JSON.stringify(python)}, workers: 1 })`,
    );
    await kernel.run('const client = await tw.connect(cluster.address)');
    for (const computing of [loop, query]) {
      await isEnded(computing);
      // The only thread of the only worker has time for this.
      expect(await kernel.text('await tw.arange(1000).sum().compute()')).toBe('499500');
    }
    await kernel.run('await client.dispose(); await cluster.close()');
  });

  it('drops what is signed by another key', async () => {
    await kernel.call('forged', 'globalThis.forged = true');
    expect(await kernel.text("'forged' in globalThis")).toBe('false');
  });

  it('says what goes wrong after a cell, and goes on', async () => {
    const cell = await kernel.run("setTimeout(() => { throw new Error('too late') }, 100)");
    // It is said of that cell, also while another runs.
    const next = kernel.run("await new Promise((done) => setTimeout(done, 300)); console.log('next')");
    expect(printed(await next, 'stderr')).toBe('');
    const others = await kernel.call<Said[]>('ignored');
    // On a machine that is busy it may be said before the cell is over.
    const said = [...cell.published, ...others].filter(
      ({ type, parent }) => type === 'stream' && parent === cell.reply.parent,
    );
    expect(said.map(({ content }) => content.text).join('')).toMatch(/Error.*too late[\s\S]*line 1/);
  });

  it('starts its process anew where a cell ends it', async () => {
    const { reply } = await kernel.run("console.log('last words'); process.exit(3)");
    expect(reply.content).toMatchObject({ ename: 'ProcessEnded', status: 'error' });
    expect(reply.content.evalue).toMatch(/code 3/);
    expect((await error('kept')).evalue).toMatch(/Cannot find name/);
    expect(await kernel.text('1 + 1')).toBe('2');
  });

  it('restarts', async () => {
    expect(await kernel.call('restart')).toEqual({ alive: true });
    expect(await kernel.text('typeof globalThis')).toBe("'object'");
    expect((await kernel.run('1')).reply.content.execution_count).toBe(2);
  });
});
