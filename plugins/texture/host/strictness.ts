/** Landmarks of brows, nose, eyes and mouth; the base of the nose. */
const firstInner = 17;
const noseBase = 33;
/** As near to a landmark as this, dm, there may be something else than skin. */
const near = 0.3;

/** Eyes and brows may differ more from the model than bare skin. */
const aroundEyes = 0.65;

/**
 * [V] how strictly colours are held against the model's: 1 where a face has nothing but skin (the model's plain skin, and above the base of the
 * nose all that is not near brows, eyes or nose), less around the eyes, 0 further down, where there may be a beard.
 */
export function strictness(face: { readonly meanShape: Float32Array; readonly landmarks: Int32Array; readonly skinMask: Uint8Array }): Float32Array {
  const { meanShape, landmarks, skinMask } = face;
  const point = (vertex: number): number[] => [0, 1, 2].map((axis) => meanShape[vertex * 3 + axis]!);
  const lowest = meanShape[landmarks[noseBase]! * 3 + 1]!;
  const inner = Array.from(landmarks.subarray(firstInner), point);
  return Float32Array.from(skinMask, (skin, vertex) => {
    const here = point(vertex);
    if (here[1]! < lowest) return skin;
    const plain = skin === 1 || inner.every((other) => Math.hypot(...other.map((value, axis) => value - here[axis]!)) > near);
    return plain ? 1 : aroundEyes;
  });
}
