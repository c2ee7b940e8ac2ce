/**
 * Named groups among the 468 points of the face mesh, and its counterpart of the customary 68 landmarks (iBUG 300-W).
 * "Left" and "right" are as seen on the picture of an upright face.
 */

/** Outline of the face, clockwise from the middle of the forehead. */
export const faceOval: readonly number[] = [
  10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136, 172, 58,
  132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
];

export const leftEye: readonly number[] = [33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246];
export const rightEye: readonly number[] = [362, 382, 381, 380, 374, 373, 390, 249, 263, 466, 388, 387, 386, 385, 384, 398];
export const leftBrow: readonly number[] = [70, 63, 105, 66, 107, 55, 65, 52, 53, 46];
export const rightBrow: readonly number[] = [336, 296, 334, 293, 300, 276, 283, 282, 295, 285];
export const lips: readonly number[] = [
  61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146,
];

/** Wings and tip of the nose with the nostrils. */
export const noseBase: readonly number[] = [48, 115, 220, 45, 4, 275, 440, 344, 278, 294, 327, 326, 2, 97, 98, 64];

/** Outer corner of the left eye, outer corner of the right eye, top of the forehead, tip of the chin. */
export const axisPoints = { leftEyeCorner: 33, rightEyeCorner: 263, forehead: 10, chin: 152 } as const;

/**
 * The mesh point nearest to each of the 68 landmarks: jaw 0–16, brows 17–26, nose 27–35, eyes 36–47, lips 48–67. On the jaw the
 * two conventions differ: the 68 points lie on the visible contour, the mesh points on fixed places of the face.
 */
export const landmarks68: readonly number[] = [
  162, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 389,
  71, 63, 105, 66, 107, 336, 296, 334, 293, 301,
  168, 197, 5, 4, 75, 97, 2, 326, 305,
  33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380,
  61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181,
  78, 82, 13, 312, 308, 317, 14, 87,
];

/** The 68 landmarks of a mesh: [468, 2] → [68, 2]. */
export function landmarks68Of(mesh: Float32Array): Float32Array {
  const landmarks = new Float32Array(2 * landmarks68.length);
  landmarks68.forEach((point, index) => {
    landmarks[2 * index] = mesh[2 * point];
    landmarks[2 * index + 1] = mesh[2 * point + 1];
  });
  return landmarks;
}
