import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import {
  type Copy,
  type Dockerfile,
  DockerfileParser,
  type Env,
  type From,
  type Instruction,
  type JSONInstruction,
} from 'dockerfile-ast';
import { Container } from './container.js';
import { type Image, SYSTEM } from './image.js';

export interface BuildOptions {
  /** Where files are copied from. */
  readonly context: string;
  /** Where layers are kept. */
  readonly home: string;
  /** What stages begin with; default: this machine's system. */
  readonly base?: Image;
  /** Virtual environments that it has at places of their own: steps that make or copy them are left out. */
  readonly given?: readonly string[];
}

/**
 * Runs the steps of a Dockerfile without a container engine: each in a file system of its own, whose base is this machine's system in the place
 * of what FROM names. Resolves to the image of the last stage.
 *
 * @throws for a step that fails, with what it said, and for one that this does not know
 */
export async function build(dockerfile: string, options: BuildOptions): Promise<Image> {
  const parsed = DockerfileParser.parse(readFileSync(dockerfile, 'utf8')) as Dockerfile;
  const stages = new Map<string, Stage>();
  let stage: Stage | undefined;
  for (const instruction of parsed.getInstructions()) {
    const keyword = instruction.getKeyword().toUpperCase();
    if (keyword === 'FROM') {
      stage = new Stage(options, stages);
      stages.set((instruction as From).getBuildStage() ?? String(stages.size), stage);
    } else if (stage === undefined) {
      if (keyword !== 'ARG') throw new Error(`${dockerfile}: ${keyword} before FROM`);
    } else await stage.step(keyword, instruction);
  }
  return stage!.image;
}

class Stage {
  image: Image;

  constructor(
    private readonly options: BuildOptions,
    private readonly others: ReadonlyMap<string, Stage>,
  ) {
    this.image = options.base ?? SYSTEM;
  }

  async step(keyword: string, instruction: Instruction): Promise<void> {
    const words = instruction.getArguments().map((argument) => argument.getValue());
    switch (keyword) {
      case 'RUN':
        return this.run(words.join(' '));
      case 'COPY':
        return this.copy(instruction as Copy, words);
      case 'ENV':
        for (const property of (instruction as Env).getProperties()) {
          const value = this.filled(property.getValue() ?? '');
          this.set({ env: { ...this.image.env, [property.getName()]: value } });
        }
        return;
      case 'WORKDIR':
        mkdirSync(join(this.layer(), words[0]!), { recursive: true });
        return this.set({ workdir: words[0]! });
      case 'USER': {
        const [user, group] = words[0]!.split(':').map(Number);
        if (!(user! >= 0 && user === group)) throw new Error(`USER ${words[0]}: not a number twice`);
        return this.set({ user: user! });
      }
      case 'ENTRYPOINT':
        return this.set({ entrypoint: strings(instruction as JSONInstruction) });
      case 'CMD':
        return this.set({ command: strings(instruction as JSONInstruction) });
      case 'EXPOSE':
        return;
      default:
        throw new Error(`a step that cannot be run here: ${keyword}`);
    }
  }

  private set(change: Partial<Image>): void {
    this.image = { ...this.image, ...change };
  }

  /** A new layer, in which files may be put. */
  private layer(): string {
    mkdirSync(this.options.home, { recursive: true });
    const layer = mkdtempSync(join(this.options.home, 'layer-'));
    chmodSync(layer, 0o755);
    this.set({ layers: [layer, ...this.image.layers] });
    return layer;
  }

  private async run(script: string): Promise<void> {
    if (this.options.given?.some((place) => script.startsWith(`python3 -m venv ${place} `))) return;
    // How registries are reached from here is in the environment.
    const env = { ...(process.env as Record<string, string>), HOME: '/root', ...this.image.env };
    const step = new Container(this.image, {
      ...this.options,
      env,
      command: [],
      args: ['sh', '-ec', script],
    });
    const how = await step.ended;
    if (how !== 0) throw new Error(`RUN ${script}\nended with ${how}:\n${step.log}`);
    this.set({ layers: [step.written, ...this.image.layers] });
  }

  private async copy(copy: Copy, words: readonly string[]): Promise<void> {
    const flags = new Map(copy.getFlags().map((flag) => [flag.getName(), flag.getValue()]));
    const sources = words.slice(0, -1);
    const target = words.at(-1)!;
    const layer = this.layer();
    const from = flags.get('from');
    if (from !== undefined) {
      const stage = this.others.get(from ?? '');
      if (stage === undefined) throw new Error(`COPY --from=${from}: no such stage`);
      const wanted = sources.filter((source) => !this.options.given?.includes(source));
      return stage.give(wanted, layer, target);
    }
    for (const source of sources.flatMap((pattern) => matches(this.options.context, pattern))) {
      const place = join(layer, target.endsWith('/') ? join(target, basename(source)) : target);
      cpSync(source, place, { recursive: true, dereference: true });
      chmodSync(place, Number.parseInt(flags.get('chmod') ?? '644', 8));
    }
  }

  /** Copies what is in it into a layer of another. */
  private async give(sources: readonly string[], layer: string, target: string): Promise<void> {
    for (const source of sources) {
      const script =
        'if [ -d "$1" ]; then mkdir -p "/layer$2" && cp -a "$1/." "/layer$2"; else cp -a "$1" "/layer$2"; fi';
      mkdirSync(join(layer, dirname(target)), { recursive: true });
      const mounts = [{ source: layer, place: '/layer', readOnly: false }];
      const args = ['sh', '-ec', script, 'sh', source, target];
      const step = new Container(this.image, { ...this.options, mounts, command: [], args });
      if ((await step.ended) !== 0) throw new Error(`COPY ${source}: ${step.log}`);
    }
  }

  private filled(text: string): string {
    return text.replace(/\$\{?(\w+)\}?/g, (_, name) => this.image.env[name] ?? '');
  }
}

const strings = (instruction: JSONInstruction): string[] =>
  instruction.getJSONStrings().map((argument) => argument.getJSONValue());

/** Files of a pattern with stars in its last part. */
function matches(context: string, pattern: string): string[] {
  const folder = join(context, dirname(pattern));
  const parts = basename(pattern)
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const name = new RegExp(`^${parts.join('.*')}$`);
  const found = readdirSync(folder).filter((file) => name.test(file));
  if (found.length === 0) throw new Error(`COPY ${pattern}: no such file in ${context}`);
  return found.map((file) => join(folder, file));
}
