/** Files that only grow while a run goes on, and are cut back to a checkpoint when it is resumed. */
import { closeSync, existsSync, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { diskError } from './disk.js';

export interface AppendLog {
  readonly path: string;
  /** Bytes written so far: what a checkpoint remembers. */
  readonly length: number;
  append(bytes: Uint8Array | string): void;
  /** Forgets everything after the first `length` bytes. */
  cutBack(length: number): void;
  /** Brings what was written to the disk. */
  flush(): void;
  close(): void;
}

/** Opens or makes the file; writing goes on at its end. Every write is complete before `append` returns. */
export function openAppendLog(path: string): AppendLog {
  const guarded = <T>(action: () => T): T => {
    try {
      return action();
    } catch (error) {
      throw diskError(error, path);
    }
  };
  const file = guarded(() => {
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, existsSync(path) ? 'r+' : 'w+');
  });
  let length = fstatSync(file).size;
  return {
    path,
    get length() {
      return length;
    },
    append: (data) => {
      const bytes = typeof data === 'string' ? Buffer.from(data) : data;
      guarded(() => {
        let done = 0;
        while (done < bytes.length) done += writeSync(file, bytes, done, bytes.length - done, length + done);
      });
      length += bytes.length;
    },
    cutBack: (to) => {
      length = Math.min(to, length);
      guarded(() => ftruncateSync(file, length));
    },
    flush: () => guarded(() => fsyncSync(file)),
    close: () => closeSync(file),
  };
}
