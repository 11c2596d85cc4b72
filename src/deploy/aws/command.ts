import type { Command } from '../step.js';

/** A command of aws in a region, whose answer is JSON. */
export const aws = (region: string, ...args: readonly string[]): Command => ({
  program: 'aws',
  args: [...args, '--region', region, '--output', 'json'],
});
