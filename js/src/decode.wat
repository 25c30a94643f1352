;; Reads the text that scripts/inline.mjs has written, for decode.ts. It is not in JavaScript because
;; a loop that runs once takes twice as long there: engines compile WebAssembly before they run it.
(module
  ;; From 0, the byte that a character stands for; from 128 and 256, the byte that it stands for as the
  ;; second of a pair, whose first one is } or ~.
  (memory (export "memory") 1)

  ;; Writes what the characters from `next` to `end` stand for over them. Returns where that ends, and
  ;; a hash of it.
  (func (export "decode") (param $next i32) (param $end i32) (result i32 i32)
    (local $to i32)
    (local $place i32)
    (local $byte i32)
    (local $hash i32)
    (local.set $to (local.get $next))
    (block $done
      (loop $each
        (br_if $done (i32.ge_u (local.get $next) (local.get $end)))
        (local.set $place (i32.load8_u (local.get $next)))
        (local.set $next (i32.add (local.get $next) (i32.const 1)))
        (if (i32.ge_u (local.get $place) (i32.const 125))
          (then
            ;; 125 is }, whose table begins at 128.
            (local.set $place
              (i32.add
                (i32.shl (i32.sub (local.get $place) (i32.const 124)) (i32.const 7))
                (i32.load8_u (local.get $next))))
            (local.set $next (i32.add (local.get $next) (i32.const 1)))))
        (local.set $byte (i32.load8_u (local.get $place)))
        (i32.store8 (local.get $to) (local.get $byte))
        (local.set $to (i32.add (local.get $to) (i32.const 1)))
        (local.set $hash
          (i32.mul (i32.xor (local.get $hash) (local.get $byte)) (i32.const 0x01000193)))
        (br $each)))
    (local.get $to)
    (local.get $hash)))
