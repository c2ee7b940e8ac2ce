import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { FlowError } from '../errors/flow-error.js';

/** Where caches live: `$FLOW_CACHE`, or `~/.cache/faceflow`. */
export function defaultCacheRoot(): string {
  return process.env.FLOW_CACHE ? resolve(process.env.FLOW_CACHE) : join(homedir(), '.cache', 'faceflow');
}

const gibibyte = 2 ** 30;

/** Bytes that the content cache may fill: `$FLOW_CACHE_SIZE` (`20GiB`, `500MB`, a number of bytes), or 4 GiB. */
export function defaultCacheBytes(): number {
  const text = process.env.FLOW_CACHE_SIZE;
  return text ? parseBytes(text, 'FLOW_CACHE_SIZE') : 4 * gibibyte;
}

const units: Readonly<Record<string, number>> = {
  '': 1, b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12, kib: 2 ** 10, mib: 2 ** 20, gib: gibibyte, tib: 2 ** 40,
};

/** `20GiB` as bytes. Throws FLOW_PARAM_UNKNOWN, about `who`, for anything else than a positive size. */
export function parseBytes(text: string, who: string): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text);
  const unit = match && units[match[2].toLowerCase()];
  const bytes = match && unit ? Math.round(Number(match[1]) * unit) : 0;
  if (bytes > 0) return bytes;
  throw new FlowError('FLOW_PARAM_UNKNOWN', { who, message: 'This is no size.', expected: 'a number with a unit: 500MB, 20GiB', got: text });
}

/** Bytes as people read them: `1.5 GiB`. */
export function bytesText(bytes: number): string {
  const names = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(names.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${Number((bytes / 2 ** (10 * power)).toPrecision(3))} ${names[power]}`;
}
