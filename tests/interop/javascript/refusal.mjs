/** A code of envelope.md, "Codes", with further details. */
export class Refusal extends Error {
  constructor(code, details = {}) {
    super(code);
    this.code = code;
    this.details = details;
  }
}

export function require(condition, code, details) {
  if (!condition) throw new Refusal(code, details);
}
