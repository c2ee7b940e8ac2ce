import { tf, useEngine } from '../../../framework/device/index.js';
import type { FaceNetworks } from '../host/locate-face.js';
import { loadFaceDetector } from './face-detector.js';
import { loadFaceMesh } from './face-mesh.js';

/**
 * Detector and landmark network on the engine of this thread. A pool worker has none yet and gets `wasm`; a thread that has
 * chosen an engine keeps it.
 */
export async function loadFaceNetworks(): Promise<FaceNetworks & { dispose(): void }> {
  if (!tf.getBackend()) await useEngine('wasm');
  const detector = loadFaceDetector();
  const mesh = loadFaceMesh();
  return {
    detector,
    mesh,
    dispose() {
      detector.dispose();
      mesh.dispose();
    },
  };
}
