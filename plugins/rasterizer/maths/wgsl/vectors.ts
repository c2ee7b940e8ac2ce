/** WGSL that several kernels share. Its constants are those of the loops on the host. */

/** `readVector(index)` of an array of triples. */
export function reader(array: string): string {
  return `fn read_${array}(row: i32) -> vec3<f32> { return vec3<f32>(${array}[row * 3], ${array}[row * 3 + 1], ${array}[row * 3 + 2]); }`;
}

/** `write_NAME(row, vector)`. */
export function writer(array: string): string {
  return `fn write_${array}(row: i32, value: vec3<f32>) {
    ${array}[row * 3] = value.x;
    ${array}[row * 3 + 1] = value.y;
    ${array}[row * 3 + 2] = value.z;
  }`;
}

/** By its bits, since a shader compiler may take it for granted that every number is finite. */
export const finite = 'fn finite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u; }';

/** 1 / |v|; 0 where v vanishes. */
export const inverseLength = `
  fn inverseLength(v: vec3<f32>) -> f32 {
    let squared = dot(v, v);
    if (squared > 1e-24) { return 1.0 / sqrt(squared); }
    return 0.0;
  }`;
