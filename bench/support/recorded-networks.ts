/** The networks of preprocessing, with a copy of each picture that they are shown, to be run again without anything else. */
import type { FaceNetworks } from '../../plugins/preprocess/host/locate-face.js';
import type { FaceParser } from '../../plugins/preprocess/networks/load-parser.js';

export type Networks = FaceNetworks & { readonly parser: FaceParser };

/** A call of a network, to be made again. */
export interface Call {
  readonly what: string;
  readonly again: () => void;
}

export const networkNames = ['detector', 'landmark network', 'face parser'] as const;

/** Each call is added to `calls`; `place` gives the memory for the copy of its picture. */
export function recording({ detector, mesh, parser }: Networks, calls: Call[], place: (size: number) => Float32Array): Networks {
  const record = <R>(what: string, run: (picture: Float32Array) => R, picture: Float32Array): R => {
    const copy = place(picture.length);
    copy.set(picture);
    calls.push({ what, again: () => void run(copy) });
    return run(picture);
  };
  return {
    detector: { ...detector, detect: (picture, threshold) => record(networkNames[0], (seen) => detector.detect(seen, threshold), picture) },
    mesh: { ...mesh, locate: (picture) => record(networkNames[1], (seen) => mesh.locate(seen), picture) },
    parser: { ...parser, parse: (picture) => record(networkNames[2], (seen) => parser.parse(seen), picture) },
  };
}
