//! Signing with a key that lives elsewhere: in a secure element, or with another process.
//!
//! Each unsigned structure says what [is to be signed](ToBeSigned), at most 128 bytes, and `finish`
//! takes the signature, verifies it, and returns the signed structure. The signer sees no content.
//!
//! ```
//! # use hushring::external::{Signature, UnsignedRevocation};
//! # use hushring::{Account, UnixMillis, UnixSeconds};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use ed25519_dalek::{Signer, SigningKey};
//! # let elsewhere = SigningKey::from_bytes(&[7; 32]);
//! # let account = *Account::import(&[7; 32])?.public_key();
//! # let (floor, now) = (UnixSeconds(1_790_000_000), UnixMillis(1_790_000_000_000));
//! let unsigned = UnsignedRevocation::new(account, floor, now)?;
//! let signature = elsewhere.sign(unsigned.to_be_signed().as_bytes());
//! let revocation = unsigned.finish(Signature::from_bytes(signature.to_bytes()))?;
//! assert_eq!(revocation.floor(), floor);
//! # Ok(())
//! # }
//! ```

pub use crate::bundle::UnsignedBundle;
pub use crate::certificate::UnsignedCertificate;
pub use crate::envelope::seal::UnsignedEnvelope;
pub use crate::linking::UnsignedLinkRequest;
pub use crate::revocation::UnsignedRevocation;
pub use crate::signing::{Signature, ToBeSigned};
