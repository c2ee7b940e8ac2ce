/**
 * A lock between processes and worker threads: a file that exists while its owner works. It names the owner, so that a
 * lock whose owner died is taken over: at once when its process is gone, and when its thread is gone through
 * `releaseDeadThreads`, which the pool calls after a crash.
 */
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';
import { FlowError } from '../errors/flow-error.js';

interface Owner {
  readonly host: string;
  readonly process: number;
  readonly thread: number;
}

const pollMilliseconds = 100;
const patienceMilliseconds = 30 * 60_000;
/** A lock file that nobody signed for so long belongs to an owner who died while writing it. */
const graceMilliseconds = 5000;
const suffix = '.lock';

/** Runs `work` while holding `<path>.lock`; waits for another owner up to half an hour. */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const file = path + suffix;
  await acquire(file);
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

/** Removes the locks in a folder that threads of this process held and that are not alive any more. */
export async function releaseDeadThreads(folder: string, alive: ReadonlySet<number>): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((entry) => entry.endsWith(suffix))) {
    const owner = await ownerOf(join(folder, name));
    const ours = owner?.host === hostname() && owner.process === process.pid;
    if (ours && owner.thread !== threadId && !alive.has(owner.thread)) await rm(join(folder, name), { force: true });
  }
}

async function acquire(file: string): Promise<void> {
  const me: Owner = { host: hostname(), process: process.pid, thread: threadId };
  const deadline = Date.now() + patienceMilliseconds;
  for (;;) {
    try {
      await writeFile(file, JSON.stringify(me), { flag: 'wx' });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = await ownerOf(file);
    if (!owner && await ageOf(file) > graceMilliseconds) await rm(file, { force: true });
    else if (owner?.host === me.host && !processLives(owner.process)) await takeAway(file, owner);
    else if (Date.now() > deadline) throw waitedTooLong(file, owner);
    else await sleep(pollMilliseconds);
  }
}

/** Two waiters may see the same dead owner; the one that comes late must not remove the other's fresh lock. */
async function takeAway(file: string, dead: Owner): Promise<void> {
  const now = await ownerOf(file);
  if (now && now.process === dead.process && now.thread === dead.thread) await rm(file, { force: true });
}

async function ageOf(file: string): Promise<number> {
  return stat(file).then(({ mtimeMs }) => Date.now() - mtimeMs, () => 0);
}

/** Undefined while the file is being written, or when it is gone. */
async function ownerOf(file: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Owner;
  } catch {
    return undefined;
  }
}

function processLives(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function waitedTooLong(file: string, owner: Owner | undefined): FlowError {
  return new FlowError('FLOW_STALL', {
    message: `Half an hour was not enough to get the lock ${file}.`,
    got: owner ? `held by process ${owner.process} on ${owner.host}` : 'a lock file without an owner',
    cure: 'If nothing is building there any more, delete the file.',
  });
}
