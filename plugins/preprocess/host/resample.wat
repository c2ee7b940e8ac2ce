;; Reducing and resampling pictures, one pixel of four float32 (red, green, blue, zero) at a time. All pointers and strides are in bytes.
;; Results are [pixels, 3] float32 without gaps: a pixel is written with four numbers, the last of which the next pixel overwrites, so
;; lines are written in their order and 4 bytes behind the last one must be free.
;; After a change: wat2wasm resample.wat --output=- | base64 -w 110, and put the text into resample-binary.ts.
(module
  (memory (export "memory") 1)

  ;; to[i] = the three bytes of pixel i / 255; four pixels are written at a time, and up to 16 bytes read behind the last one.
  (func (export "widen") (param $from i32) (param $count i32) (param $to i32)
    (local $end i32) (local $bytes v128) (local $weight v128)
    (local.set $weight (v128.const f32x4 0x1.010102p-8 0x1.010102p-8 0x1.010102p-8 0))
    (local.set $end (i32.add (local.get $to) (i32.shl (local.get $count) (i32.const 4))))
    (block $done (loop $four
      (br_if $done (i32.ge_u (local.get $to) (local.get $end)))
      (local.set $bytes (v128.load (local.get $from)))
      (v128.store (local.get $to) (f32x4.mul (local.get $weight) (f32x4.convert_i32x4_s
        (i8x16.swizzle (local.get $bytes) (v128.const i8x16 0 16 16 16 1 16 16 16 2 16 16 16 16 16 16 16)))))
      (v128.store offset=16 (local.get $to) (f32x4.mul (local.get $weight) (f32x4.convert_i32x4_s
        (i8x16.swizzle (local.get $bytes) (v128.const i8x16 3 16 16 16 4 16 16 16 5 16 16 16 16 16 16 16)))))
      (v128.store offset=32 (local.get $to) (f32x4.mul (local.get $weight) (f32x4.convert_i32x4_s
        (i8x16.swizzle (local.get $bytes) (v128.const i8x16 6 16 16 16 7 16 16 16 8 16 16 16 16 16 16 16)))))
      (v128.store offset=48 (local.get $to) (f32x4.mul (local.get $weight) (f32x4.convert_i32x4_s
        (i8x16.swizzle (local.get $bytes) (v128.const i8x16 9 16 16 16 10 16 16 16 11 16 16 16 16 16 16 16)))))
      (local.set $from (i32.add (local.get $from) (i32.const 12)))
      (local.set $to (i32.add (local.get $to) (i32.const 64)))
      (br $four))))

  ;; One row of blocks: to[i] = share · Σ bytes of the `high` rows and `factor` columns of block i, for `count` blocks.
  (func (export "reduce")
    (param $from i32) (param $stride i32) (param $factor i32) (param $high i32) (param $count i32) (param $share f32) (param $to i32)
    (local $end i32) (local $row i32) (local $at i32) (local $last i32) (local $width i32) (local $sum v128) (local $weight v128)
    (local.set $weight (f32x4.replace_lane 3 (f32x4.splat (local.get $share)) (f32.const 0)))
    (local.set $width (i32.mul (local.get $factor) (i32.const 3)))
    (local.set $end (i32.add (local.get $to) (i32.shl (local.get $count) (i32.const 4))))
    (block $done (loop $block
      (br_if $done (i32.ge_u (local.get $to) (local.get $end)))
      (local.set $sum (v128.const i32x4 0 0 0 0))
      (local.set $row (i32.const 0))
      (block $summed (loop $rows
        (br_if $summed (i32.ge_u (local.get $row) (local.get $high)))
        (local.set $at (i32.add (local.get $from) (i32.mul (local.get $row) (local.get $stride))))
        (local.set $last (i32.add (local.get $at) (local.get $width)))
        (loop $columns
          (local.set $sum (i32x4.add (local.get $sum) 
            (i32x4.extend_low_i16x8_u (i16x8.extend_low_i8x16_u (v128.load32_zero (local.get $at))))))
          (local.set $at (i32.add (local.get $at) (i32.const 3)))
          (br_if $columns (i32.lt_u (local.get $at) (local.get $last))))
        (local.set $row (i32.add (local.get $row) (i32.const 1)))
        (br $rows)))
      (v128.store (local.get $to) (f32x4.mul (local.get $weight) (f32x4.convert_i32x4_u (local.get $sum))))
      (local.set $from (i32.add (local.get $from) (local.get $width)))
      (local.set $to (i32.add (local.get $to) (i32.const 16)))
      (br $block))))

  ;; Places first … count − 1 of those from (x, y) on in steps of (dx, dy), each interpolated from the four pixels around it, held inside the
  ;; source. Places and steps are in pixels of the source from the middle of its first one. Behind the last row another one is read, whose share
  ;; is zero. Two places are worked out at a time, as x, y, x, y, and then read in turn: the second one moves to the front.
  (func (export "interpolate")
    (param $from i32) (param $stride i32) (param $lastColumn f32) (param $lastRow f32)
    (param $x f32) (param $y f32) (param $dx f32) (param $dy f32) (param $first i32) (param $count i32) (param $to i32)
    (local $start v128) (local $step v128) (local $last v128) (local $place v128) (local $whole v128) (local $index v128)
    (local $at i32) (local $second i32) (local $share v128) (local $upper v128) (local $lower v128)
    (local.set $start (f32x4.replace_lane 3 (f32x4.replace_lane 1 (f32x4.splat (local.get $x)) (local.get $y)) (local.get $y)))
    (local.set $step (f32x4.replace_lane 3 (f32x4.replace_lane 1 (f32x4.splat (local.get $dx)) (local.get $dy)) (local.get $dy)))
    (local.set $last (f32x4.replace_lane 3 (f32x4.replace_lane 1 (f32x4.splat (local.get $lastColumn)) (local.get $lastRow)) (local.get $lastRow)))
    (local.set $index (f32x4.add (f32x4.splat (f32.convert_i32_s (local.get $first))) (v128.const f32x4 0 0 1 1)))
    (block $done (loop $next
      (br_if $done (i32.ge_s (local.get $first) (local.get $count)))
      (local.set $place (f32x4.pmin (local.get $last) (f32x4.pmax (v128.const f32x4 0 0 0 0)
        (f32x4.add (local.get $start) (f32x4.mul (local.get $step) (local.get $index))))))
      (local.set $whole (i32x4.trunc_sat_f32x4_s (local.get $place)))
      (local.set $place (f32x4.sub (local.get $place) (f32x4.convert_i32x4_s (local.get $whole))))
      (loop $each
        (local.set $at (i32.add (local.get $from) (i32.add
          (i32.mul (i32x4.extract_lane 1 (local.get $whole)) (local.get $stride))
          (i32.shl (i32x4.extract_lane 0 (local.get $whole)) (i32.const 4)))))
        (local.set $share (i8x16.shuffle 0 1 2 3 0 1 2 3 0 1 2 3 0 1 2 3 (local.get $place) (local.get $place)))
        (local.set $upper (v128.load (local.get $at)))
        (local.set $upper (f32x4.add (local.get $upper) (f32x4.mul (local.get $share)
          (f32x4.sub (v128.load offset=16 (local.get $at)) (local.get $upper)))))
        (local.set $at (i32.add (local.get $at) (local.get $stride)))
        (local.set $lower (v128.load (local.get $at)))
        (local.set $lower (f32x4.add (local.get $lower) (f32x4.mul (local.get $share)
          (f32x4.sub (v128.load offset=16 (local.get $at)) (local.get $lower)))))
        (v128.store (local.get $to) (f32x4.add (local.get $upper) (f32x4.mul
          (i8x16.shuffle 4 5 6 7 4 5 6 7 4 5 6 7 4 5 6 7 (local.get $place) (local.get $place))
          (f32x4.sub (local.get $lower) (local.get $upper)))))
        (local.set $to (i32.add (local.get $to) (i32.const 12)))
        (local.set $first (i32.add (local.get $first) (i32.const 1)))
        (br_if $done (i32.ge_s (local.get $first) (local.get $count)))
        (local.set $place (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $place) (local.get $place)))
        (local.set $whole (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $whole) (local.get $whole)))
        (br_if $each (local.tee $second (i32.eqz (local.get $second)))))
      (local.set $index (f32x4.add (local.get $index) (v128.const f32x4 2 2 2 2)))
      (br $next))))

  ;; to[i] = Σ_t weights[t] · row t[i] for `count` pixels side by side; rows are `stride` apart. Four pixels at a time, so up to three more are read and written.
  (func (export "weighRows")
    (param $from i32) (param $stride i32) (param $weights i32) (param $taps i32) (param $count i32) (param $to i32)
    (local $end i32) (local $last i32) (local $at i32) (local $weight i32) (local $share v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local.set $end (i32.add (local.get $to) (i32.shl (local.get $count) (i32.const 4))))
    (local.set $last (i32.add (local.get $weights) (i32.shl (local.get $taps) (i32.const 2))))
    (block $done (loop $four
      (br_if $done (i32.ge_u (local.get $to) (local.get $end)))
      (local.set $at (local.get $from))
      (local.set $weight (local.get $weights))
      (local.set $a (v128.const i32x4 0 0 0 0)) (local.set $b (v128.const i32x4 0 0 0 0))
      (local.set $c (v128.const i32x4 0 0 0 0)) (local.set $d (v128.const i32x4 0 0 0 0))
      (block $summed (loop $tap
        (br_if $summed (i32.ge_u (local.get $weight) (local.get $last)))
        (local.set $share (v128.load32_splat (local.get $weight)))
        (local.set $a (f32x4.add (local.get $a) (f32x4.mul (local.get $share) (v128.load (local.get $at)))))
        (local.set $b (f32x4.add (local.get $b) (f32x4.mul (local.get $share) (v128.load offset=16 (local.get $at)))))
        (local.set $c (f32x4.add (local.get $c) (f32x4.mul (local.get $share) (v128.load offset=32 (local.get $at)))))
        (local.set $d (f32x4.add (local.get $d) (f32x4.mul (local.get $share) (v128.load offset=48 (local.get $at)))))
        (local.set $at (i32.add (local.get $at) (local.get $stride)))
        (local.set $weight (i32.add (local.get $weight) (i32.const 4)))
        (br $tap)))
      (v128.store (local.get $to) (local.get $a))
      (v128.store offset=16 (local.get $to) (local.get $b))
      (v128.store offset=32 (local.get $to) (local.get $c))
      (v128.store offset=48 (local.get $to) (local.get $d))
      (local.set $from (i32.add (local.get $from) (i32.const 64)))
      (local.set $to (i32.add (local.get $to) (i32.const 64)))
      (br $four))))

  ;; to[i] = Σ_t weights[i, t] · from[first[i] + t], held within 0 … 1. An entry of the table is the distance of its first pixel from `from`, the
  ;; size of its weights (both i32, bytes) and the weights; entries are `pitch` apart.
  (func (export "weighColumns")
    (param $from i32) (param $table i32) (param $pitch i32) (param $count i32) (param $to i32)
    (local $at i32) (local $weight i32) (local $last i32) (local $sum v128)
    (block $done (loop $next
      (br_if $done (i32.eqz (local.get $count)))
      (local.set $at (i32.add (local.get $from) (i32.load (local.get $table))))
      (local.set $weight (i32.add (local.get $table) (i32.const 8)))
      (local.set $last (i32.add (local.get $weight) (i32.load offset=4 (local.get $table))))
      (local.set $sum (v128.const i32x4 0 0 0 0))
      (block $summed (loop $tap
        (br_if $summed (i32.ge_u (local.get $weight) (local.get $last)))
        (local.set $sum (f32x4.add (local.get $sum) (f32x4.mul (v128.load32_splat (local.get $weight)) (v128.load (local.get $at)))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (local.set $weight (i32.add (local.get $weight) (i32.const 4)))
        (br $tap)))
      (v128.store (local.get $to)
        (f32x4.pmin (v128.const f32x4 1 1 1 1) (f32x4.pmax (v128.const f32x4 0 0 0 0) (local.get $sum))))
      (local.set $table (i32.add (local.get $table) (local.get $pitch)))
      (local.set $to (i32.add (local.get $to) (i32.const 12)))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br $next))))

  ;; to = from with each of its `rows` rows of `width` pixels, [pixels, 3] without gaps, the other way round. 4 bytes behind the last pixel are read.
  (func (export "mirror") (param $from i32) (param $width i32) (param $rows i32) (param $to i32)
    (local $line i32) (local $at i32) (local $end i32)
    (local.set $line (i32.mul (local.get $width) (i32.const 12)))
    (local.set $end (i32.add (local.get $to) (i32.mul (local.get $line) (local.get $rows))))
    (block $done (loop $row
      (br_if $done (i32.ge_u (local.get $to) (local.get $end)))
      (local.set $at (i32.add (local.get $from) (local.get $line)))
      (loop $next
        (local.set $at (i32.sub (local.get $at) (i32.const 12)))
        (v128.store (local.get $to) (v128.load (local.get $at)))
        (local.set $to (i32.add (local.get $to) (i32.const 12)))
        (br_if $next (i32.gt_u (local.get $at) (local.get $from))))
      (local.set $from (i32.add (local.get $from) (local.get $line)))
      (br $row)))))
