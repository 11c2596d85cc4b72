import { createInterface } from 'node:readline/promises';
import { DeployError, InterruptedError } from '../deploy/index.js';

/** Whether the user says yes. @throws DeployError where nobody is there to ask */
export async function confirmed(question: string, flag: string, signal: AbortSignal): Promise<boolean> {
  const answer = await answerTo(`${question} [y/N] `, flag, signal);
  return /^y(es)?$/i.test(answer.trim());
}

/** Has the user type a name. @throws DeployError where it is another, or nobody is there to ask */
export async function typed(
  question: string,
  name: string,
  flag: string,
  signal: AbortSignal,
): Promise<void> {
  const answer = await answerTo(`${question} Type ${name} to go on: `, flag, signal);
  if (answer.trim() !== name) throw new DeployError('that is another name; nothing was deleted');
}

async function answerTo(question: string, flag: string, signal: AbortSignal): Promise<string> {
  if (!process.stdin.isTTY)
    throw new DeployError(`${question.trim()} There is no terminal to ask at: say ${flag}`);
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  // A terminal in this mode sends no signal.
  const interrupted = new Promise<never>((_, reject) => {
    const stop = (): void => reject(new InterruptedError());
    prompt.on('SIGINT', stop);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([prompt.question(question), interrupted]);
  } finally {
    prompt.close();
  }
}
