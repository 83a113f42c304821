import { startingMessageOfAws } from './training-job.ts';

/** AWS's message of a job that starts, and after it what it gets less of than its type has. */
export function startingMessage(capped: string | undefined): string {
  return capped === undefined ? startingMessageOfAws : `${startingMessageOfAws}. ${capped}`;
}
