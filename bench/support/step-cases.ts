/** The dense operators that a small step of train-full spends its time in, with the shapes that it uses. */

export interface Convolution {
  readonly kind: 'conv' | 'depthwise';
  /** Where it stands, and how many such layers one image batch passes. */
  readonly where: string;
  /** [B, H, W, C] */
  readonly x: readonly [number, number, number, number];
  readonly kernel: number;
  readonly outputs: number;
  readonly stride: 1 | 2;
}

export interface Product {
  readonly kind: 'matmul';
  readonly where: string;
  readonly shape: readonly [rows: number, inner: number, columns: number];
}

export interface Elementwise {
  readonly kind: 'relu' | 'add' | 'mul';
  readonly where: string;
  readonly x: readonly number[];
}

export type StepCase = Convolution | Product | Elementwise;

export const stepCases: readonly StepCase[] = [
  { kind: 'conv', where: 'recognition, 6 layers', x: [4, 35, 35, 32], kernel: 3, outputs: 32, stride: 1 },
  { kind: 'conv', where: 'recognition, 7 layers', x: [4, 17, 17, 64], kernel: 3, outputs: 64, stride: 1 },
  { kind: 'conv', where: 'recognition, 5 layers', x: [4, 8, 8, 128], kernel: 3, outputs: 128, stride: 1 },
  { kind: 'conv', where: 'recognition, 4 layers', x: [4, 4, 4, 256], kernel: 3, outputs: 256, stride: 1 },
  { kind: 'conv', where: 'recognition, entry', x: [4, 150, 150, 3], kernel: 7, outputs: 32, stride: 2 },
  { kind: 'conv', where: 'regressor, 4 layers', x: [4, 28, 28, 48], kernel: 3, outputs: 48, stride: 1 },
  { kind: 'conv', where: 'regressor, 4 layers', x: [4, 14, 14, 96], kernel: 3, outputs: 96, stride: 1 },
  { kind: 'conv', where: 'regressor, 4 layers', x: [4, 7, 7, 192], kernel: 3, outputs: 192, stride: 1 },
  { kind: 'conv', where: 'regressor, stem', x: [4, 112, 112, 3], kernel: 5, outputs: 24, stride: 2 },
  { kind: 'conv', where: 'attributes, 9 layers', x: [4, 14, 14, 128], kernel: 1, outputs: 128, stride: 1 },
  { kind: 'conv', where: 'attributes, 1 layer', x: [4, 56, 56, 64], kernel: 1, outputs: 64, stride: 1 },
  { kind: 'depthwise', where: 'attributes, 4 layers', x: [4, 56, 56, 32], kernel: 3, outputs: 32, stride: 1 },
  { kind: 'matmul', where: 'linear face model', shape: [4, 144, 27285] },
  { kind: 'matmul', where: 'graph decoder, first layer', shape: [4, 896, 1152] },
  { kind: 'matmul', where: 'Chebyshev weights', shape: [36380, 18, 8] },
  { kind: 'relu', where: 'recognition', x: [4, 35, 35, 32] },
  { kind: 'add', where: 'recognition', x: [4, 35, 35, 32] },
  { kind: 'mul', where: 'images', x: [4, 112, 112, 3] },
];
