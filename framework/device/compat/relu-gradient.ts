/** The gradient of `relu`: TensorFlow.js makes a mask of ones and zeros and multiplies by it. */
import { reluGradient } from '../operators/relu-gradient.js';
import { replaceGradient } from './registry.js';

export function registerReluGradient(): void {
  replaceGradient({ kernel: 'Relu', saves: ['x'], gradient: (dy, [x]) => ({ x: () => reluGradient(dy, x!) }) });
}
