// Reads every array of a compressed archive, and says how many files that took.
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as tw from 'tilework';

const [archive] = process.argv.slice(2);
for (const { name } of tw.npzInfo(archive)) await tw.fromNpz(archive, name).compute();
console.log(readdirSync(tmpdir(), { recursive: true }).filter((path) => path.includes('.npy')).length);
