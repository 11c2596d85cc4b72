export class Tally {
  constructor(start?: Readonly<Record<string, number>>);
  get host(): string;
  add(...names: string[]): number;
  counts(): Map<string, number>;
}
