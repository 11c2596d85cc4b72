import { DeployError } from './errors.js';
import type { Executor } from './executor.js';
import type { Program } from './step.js';
import { versionCommand, versionOf } from './tools.js';

/** Versions of the tools. @throws DeployError with a line for each that is missing or too old, and how to install it */
export async function checkTools(executor: Executor, programs: readonly Program[]): Promise<void> {
  const found = await Promise.allSettled(
    programs.map(async (program) => {
      const version = versionOf(program, await executor.ask(versionCommand(program)));
      return `${program} ${version}`;
    }),
  );
  const wrong = found.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []));
  const other = wrong.find((error) => !(error instanceof DeployError));
  if (other !== undefined) throw other;
  if (wrong.length > 0) throw new DeployError(wrong.map(({ message }) => message).join('\n'));
  executor.say(`   ${found.map((one) => (one as PromiseFulfilledResult<string>).value).join(', ')}`);
}
