export interface FingerprintProps {
  /** Whose it is, as the heading says it: "Bob’s", "Yours". */
  readonly of: string;
  /** Eight groups of four hex digits. */
  readonly value: string;
}

/** A fingerprint in two rows of four groups: short enough to read aloud line by line. */
export function Fingerprint({ of, value }: FingerprintProps) {
  return (
    <figure class="fingerprint">
      <figcaption>{of}</figcaption>
      <p class="fingerprint-groups">
        {value.split(" ").map((group, i) => (
          <span key={i}>{group} </span>
        ))}
      </p>
    </figure>
  );
}
