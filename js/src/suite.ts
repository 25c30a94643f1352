/**
 * An HPKE suite (spec/envelope.md, Suites and encryption): `x25519` is suite 1, iOS 17 and later;
 * `xwing` is suite 2, post-quantum, iOS 26 and later.
 */
export type Suite = "x25519" | "xwing";
