/// A signature whose validity depends on the cofactor, of the project's test vectors.
///
/// The keys or the points R are of mixed order: they have a part of the prime order, and one of
/// small order.
struct SelfTestExample {
  /// The file below `vectors/`, without its ending.
  let name: String
  let isValid: Bool
  let bytesToSign: [UInt8]
  let key: Bytes32
  let signature: Signature

  /// - Parameters:
  ///   - hash: SHA-512 of the fields.
  ///   - signature: R and S.
  private init(
    _ name: String, isValid: Bool, _ label: Label, key: String, hash: (String, String), signature: (String, String)
  ) {
    guard let signature = Signature(constant(signature.0).bytes + constant(signature.1).bytes) else {
      preconditionFailure("64 bytes")
    }
    self.name = name
    self.isValid = isValid
    self.key = constant(key)
    self.signature = signature
    bytesToSign = label.bytes + constant(hash.0).bytes + constant(hash.1).bytes
  }

  static let all = [
    SelfTestExample(
      "bundles/x25519-mixed-device-key-with-cofactor", isValid: false, .prekey,
      key: "0045d08aefa60860ff796d38bbca29af31420c14e4dc29043aae793120529e84",
      hash: (
        "0c2d29ce1040b7575813c8caa80e9c64956886ea4dd282d20b8cba53ddc495b9",
        "8f03712bda91617791b087e46b8fda0d6575de73925cf44deb63d4e04c4c2a02"
      ),
      signature: (
        "bb09fa7b930eb608574e1645ec6728b7fada7b706c7b014550bc2ec876c05cdb",
        "c22ca7d5a1da24fce31075162e74d81acc6fcc2cbd8a680381046ecc015ffa08"
      )),
    SelfTestExample(
      "bundles/x25519-mixed-device-key", isValid: true, .prekey,
      key: "0045d08aefa60860ff796d38bbca29af31420c14e4dc29043aae793120529e84",
      hash: (
        "0c2d29ce1040b7575813c8caa80e9c64956886ea4dd282d20b8cba53ddc495b9",
        "8f03712bda91617791b087e46b8fda0d6575de73925cf44deb63d4e04c4c2a02"
      ),
      signature: (
        "1b2908727598a2fb065b39904e73fe6f2a8766576feac67ef0910355716ee26c",
        "c04f7a9b83f63d708d2df8f8f1288f9f3c462f3923d2f738c942748125ddac06"
      )),
    SelfTestExample(
      "bundles/x25519-signature-only-with-cofactor", isValid: false, .prekey,
      key: "40100d43dc5e7c5d7bb2784602071972464caa2f51e90b2b863c5185e2a7947e",
      hash: (
        "613141a1bfef8be6129f3bea875141802ddae738eee57c51d60168e3526e1466",
        "ea4548a752c1bddb6d421d6f827dff7858703a69406e679f5473dd03dbe4f40c"
      ),
      signature: (
        "58d1daa055d07d4e4f2bfde7a3522f8f331d84bc1e1dd77459e5397743c38307",
        "31bc9bd6fc64a25002b6f8b5b76efe6610aa51dda766ec4954627ce988ade909"
      )),
    SelfTestExample(
      "bundles/xwing-mixed-device-key-with-cofactor", isValid: false, .prekey,
      key: "0045d08aefa60860ff796d38bbca29af31420c14e4dc29043aae793120529e84",
      hash: (
        "c3a6065f93e830ecc13bcf51fd6c539b60a2c803d5af006c8916f0a73cfa5d75",
        "6fcb4e3c3a6866a25f27886a593306098341d9dadfca27440366723d847ec63a"
      ),
      signature: (
        "bd7f360f1774a54a98a81ebb9538188aace21d5cf6824814f10aa6c659f51170",
        "91c8419180b09630417c4cec19d516b26eb73000dc42e05eeea31f0236e35400"
      )),
    SelfTestExample(
      "bundles/xwing-mixed-device-key", isValid: true, .prekey,
      key: "0045d08aefa60860ff796d38bbca29af31420c14e4dc29043aae793120529e84",
      hash: (
        "c3a6065f93e830ecc13bcf51fd6c539b60a2c803d5af006c8916f0a73cfa5d75",
        "6fcb4e3c3a6866a25f27886a593306098341d9dadfca27440366723d847ec63a"
      ),
      signature: (
        "99f2f4879e7efa505dc9d283889ec5a7f6c2a71b57f2d2fdf9e99b8ed959b0c8",
        "7443b0062dfca3a642c5f1d1a8d08ba428102725bab995b3e0bbd46a78b11c09"
      )),
    SelfTestExample(
      "certificates/of-a-mixed-account-with-cofactor", isValid: false, .certificate,
      key: "8753f83f99aa2a7e533226c4d9f4cb4118dbac312d44832aefb2a0805bbe02c3",
      hash: (
        "bd082b1d6ba74cc43b6b9e1642864f68c1c03da1b79b05fcb436bf814cf69a9a",
        "b88d66296846af37a466c75cede58751fe1119f2fdd90b130e7b474e381b480b"
      ),
      signature: (
        "d926def281001d2c2335612686a0e40a96916e06961a610c35796ae27150526d",
        "d2e9647d9a3122c36c97fcb124bfad18d6d5fd679e39e555698188e91b9f6a0f"
      )),
    SelfTestExample(
      "certificates/of-a-mixed-account", isValid: true, .certificate,
      key: "8753f83f99aa2a7e533226c4d9f4cb4118dbac312d44832aefb2a0805bbe02c3",
      hash: (
        "bd082b1d6ba74cc43b6b9e1642864f68c1c03da1b79b05fcb436bf814cf69a9a",
        "b88d66296846af37a466c75cede58751fe1119f2fdd90b130e7b474e381b480b"
      ),
      signature: (
        "e053a7e248f89f7529f00cedb1aad0efda0284e88c72c6607f32259aa9a9457b",
        "4dd982310574f50897c55a50315e4e716d8ffa57525f2dbeaa33d2651e57e506"
      )),
    SelfTestExample(
      "certificates/signature-only-with-cofactor", isValid: false, .certificate,
      key: "82e17406b04674239ae248171e090efb2e26ea2b38813e5c0c803a38da25d6c0",
      hash: (
        "5b673961ed47d6a6ebf98ba1f4d30927e68a11044b332ee0844a4fafe68d8a23",
        "cafe26215057bd9afb3364b031b452586d09d78a36193e9cc8f81635209c0b2c"
      ),
      signature: (
        "426516ce97f22bf2cc41402c53db22d93e99fe5c30f9270a90799219d57a79fe",
        "103a257aa682327267bc7849a252cbfdf18efb92cd9d47113d8b873b65ce3409"
      )),
    SelfTestExample(
      "links/certify-proof-only-with-cofactor", isValid: false, .link,
      key: "925f447840fe37efffd8ae7887179ac035d33a266c94c4c85a7bcdb6dec19b2c",
      hash: (
        "ecc7afe7064fefafc451dd24d7ccc58e6839d8480c029be209793e96a93548ab",
        "6f52ab489ccc6272c58fc37932ce859bfbd7735fee6bcea0c0d5840df1d70ced"
      ),
      signature: (
        "8974a6b8e61b44b548c9cdd2abf16389b7a3b4252fb5b09fe177beec33f3555e",
        "3b99daf9a4a998a497cfc703c92f93141951e3f55d4e6b1ea91825621f60c60e"
      )),
    SelfTestExample(
      "revocations/device-mixed-key-with-cofactor", isValid: false, .deviceRevocation,
      key: "8753f83f99aa2a7e533226c4d9f4cb4118dbac312d44832aefb2a0805bbe02c3",
      hash: (
        "bdc0f48c4f0813d672f9c7b367775ab9c8870a8438f1a6dd8a57dc1cfff10480",
        "1f750abfc8d51094e9adba7552a36f805737c27f56a8c3f5a81ec378d2804a7a"
      ),
      signature: (
        "a6bedfbae23034ba9de23c088ba6bcbe3afb05809b79fb4cf26169314c2f892d",
        "2561a113cc192c74f94a54afc7b2a017ff98aedfa9568ce4e37112b84762bb0e"
      )),
    SelfTestExample(
      "revocations/device-mixed-key", isValid: true, .deviceRevocation,
      key: "8753f83f99aa2a7e533226c4d9f4cb4118dbac312d44832aefb2a0805bbe02c3",
      hash: (
        "bdc0f48c4f0813d672f9c7b367775ab9c8870a8438f1a6dd8a57dc1cfff10480",
        "1f750abfc8d51094e9adba7552a36f805737c27f56a8c3f5a81ec378d2804a7a"
      ),
      signature: (
        "044d1d5ce597da039301cae5ab160defe3cbfdc99584be5a8c4a4bf8590f60b4",
        "7d2157ccf1e0fc23e75d98fc3c49c935e3223c4872642c0d2342a25829a75b0d"
      )),
    SelfTestExample(
      "revocations/device-signature-only-with-cofactor", isValid: false, .deviceRevocation,
      key: "82e17406b04674239ae248171e090efb2e26ea2b38813e5c0c803a38da25d6c0",
      hash: (
        "eb45723f0a068e16c0911f81225ca69cd1d3d47bf484728c837e946d325db784",
        "c9989059169567bdd4c22f70b6bda1aa2912e50d0493dbe1a97ee10af54f820f"
      ),
      signature: (
        "f571c9f43fa621faadedb99023614cabcb9cbb4cac077fe941661dcdd3ecf2ff",
        "510be0c1de309a1510513234ace6bc45d000b70dcf021212d83cb7d24f9af005"
      )),
    SelfTestExample(
      "revocations/mixed-key-with-cofactor", isValid: false, .revocation,
      key: "8753f83f99aa2a7e533226c4d9f4cb4118dbac312d44832aefb2a0805bbe02c3",
      hash: (
        "296c4ee6b8685093693b68e708ca9f82f56f230a9af1d10e87265a749f97599b",
        "7cb3875531f220a722852f4c05f6ebe2ce7ad1b7924354c65a89f99661799037"
      ),
      signature: (
        "769e14b9939729e2a0a4d2ce05ab70843ea56bb4197aabf21bc5bc82cfc5a381",
        "1d1cd291a649333a65bf65e33ac211fd049fd194ac8d9ca8fd3a0ec08189ea0b"
      )),
    SelfTestExample(
      "revocations/mixed-key", isValid: true, .revocation,
      key: "8753f83f99aa2a7e533226c4d9f4cb4118dbac312d44832aefb2a0805bbe02c3",
      hash: (
        "296c4ee6b8685093693b68e708ca9f82f56f230a9af1d10e87265a749f97599b",
        "7cb3875531f220a722852f4c05f6ebe2ce7ad1b7924354c65a89f99661799037"
      ),
      signature: (
        "3a08fc6715d779e822639a2c7f84810c4f1453f61c318724f3555fd5671f307f",
        "fba8076f7aee2cb115ccdc15cca03e7aebfb4fbdd68ddbfa524b4c06b3bb370e"
      )),
    SelfTestExample(
      "revocations/signature-only-with-cofactor", isValid: false, .revocation,
      key: "82e17406b04674239ae248171e090efb2e26ea2b38813e5c0c803a38da25d6c0",
      hash: (
        "6e49fc720a1effd7bedee512c0944ecfc85f82683b1448a0e2ff7a76985c5ba3",
        "15e5a5d08de1fa84065a214415082eddd09c66760d1cab3e8dde476ecd167d3c"
      ),
      signature: (
        "7ef6f74878fa66d1229a5230e92e646b747dd0df2c1529f98c15de41759772d3",
        "c5a1887089c3c7ddb41daaa875027da5079178ec65973d17075f1135dd36db06"
      )),
  ]
}
