"""Looks for what can stop a process, or compares text by characters, in the Swift package.

An extension that traps rings nobody: no input may reach a trap. And texts that Unicode takes for the same are not the
same here. What is found must stand in ALLOWED, with the reason; and what stands there must be found.
"""

import re
import sys
from pathlib import Path

SOURCES = Path(__file__).resolve().parent.parent / "swift" / "Sources"

CONVERSION = "a conversion that may trap"
RULES = {
    "a trap": r"\b(?:fatalError|precondition|preconditionFailure|assertionFailure|assert)\(|\b(?:try|as)!",
    "a forced unwrapping": r"(?<=[\w)\]>])!(?![=\w])",
    CONVERSION: r"(?<![\w.])(?:U?Int(?:8|16|32|64)?|uInt|uLong)\((?!exactly:|truncatingIfNeeded:|clamping:|bitPattern:|bigEndian:)[^()]*(?:\([^()]*\)[^()]*)*\)",
    "no bounds or no types": r"\bunowned\(unsafe\)|\bunsafeBitCast\b|\bunsafelyUnwrapped\b",
    "text by characters": r"\.has(?:Prefix|Suffix)\(|\[String\s*:|\bSet<String>|\bDictionary<String\b",
}

# The argument of a conversion that cannot trap.
HARMLESS = re.compile(r"\d+|.+ \? \d : \d|ascii: _|\w+, radix: 16|(?:[\w.$]|\[\w+\])+\.count|MemoryLayout<z_stream>\.size")

CONSTANT = "only a constant of this file reaches it"
MEMORY = "zlib asks for memory that is not there, where Swift stops as well"
OWN_NAMES = "the names are the package's own, and ASCII"
UNSIGNED = "a byte, or a small unsigned number, in a wider type"
SYSTEM = "a code of the system, in a wider type"

# File, what is found, why it is right.
ALLOWED = [
    ("Hushring/Bundles/PrekeyBundle.swift", "guard let hash = Bytes32(Array(SHA256.hash(data: bytes))) else { preconditionFailure(_) }", "a hash has 32 bytes"),
    ("Hushring/Bytes.swift", "Int(byte & 15)", UNSIGNED),
    ("Hushring/Bytes.swift", "Int(byte >> 4)", UNSIGNED),
    ("Hushring/Content/CBOR.swift", "UInt16(argument)", "its case says that it fits"),
    ("Hushring/Content/CBOR.swift", "UInt32(argument)", "its case says that it fits"),
    ("Hushring/Content/CBOR.swift", "UInt64($1)", UNSIGNED),
    ("Hushring/Content/CBOR.swift", "UInt64(Value.largestInteger)", "a constant"),
    ("Hushring/Content/CBOR.swift", "UInt64(small)", UNSIGNED),
    ("Hushring/Content/CBOR.swift", "UInt8(argument)", "its case says that it fits"),
    ("Hushring/Content/ContentReading.swift", "Int($0)", "1 to 90, or 0 to 65,535"),
    ("Hushring/Content/ContentReading.swift", "UInt64($0)", "checked to be at least 0"),
    ("Hushring/Content/ContentWriting.swift", "Int64($0)", "an Int is no wider"),
    ("Hushring/Content/Deflate.swift", "Int(zlib.avail_out)", UNSIGNED),
    ("Hushring/Content/Deflate.swift", "precondition(status == Z_OK, _)", MEMORY),
    ("Hushring/Content/Deflate.swift", "precondition(status == Z_STREAM_END, _)", MEMORY),
    ("Hushring/Content/SpareCandidates.swift", "UInt64(words[3])", "reads a text, and gives nil"),
    ("Hushring/Curve/EdwardsPoint.swift", "preconditionFailure(_)", CONSTANT),
    ("Hushring/Curve/EncapsulationKey.swift", "UInt16(first)", UNSIGNED),
    ("Hushring/Curve/EncapsulationKey.swift", "UInt16(second & 15)", UNSIGNED),
    ("Hushring/Curve/EncapsulationKey.swift", "UInt16(second >> 4)", UNSIGNED),
    ("Hushring/Curve/EncapsulationKey.swift", "UInt16(third)", UNSIGNED),
    ("Hushring/Curve/FieldElement.swift", "UInt64(small)", UNSIGNED),
    ("Hushring/Envelope/EnvelopeLayout.swift", "Int(reader.integer(UInt16.self))", UNSIGNED),
    ("Hushring/Identifiers.swift", "UInt64($1)", UNSIGNED),
    ("Hushring/Inbox/CallPayload.swift", "public var dictionary: [String: any Sendable] {", OWN_NAMES),
    ("Hushring/Inbox/CallPayload.swift", "var dictionary: [String: any Sendable] = [:]", OWN_NAMES),
    ("Hushring/Inbox/State/JournalFormat.swift", "Int(try reader.byte())", UNSIGNED),
    ("Hushring/Inbox/State/JournalFormat.swift", "Int(try reader.integer(UInt16.self))", UNSIGNED),
    ("Hushring/Inbox/State/JournalFormat.swift", "UInt16(Limits.certificateLength)", "a constant"),
    ("Hushring/Inbox/State/StateReader.swift", "Int(count)", UNSIGNED),
    ("Hushring/Inbox/State/StateReader.swift", "Int(try integer(UInt16.self))", UNSIGNED),
    ("Hushring/Prekey.swift", "UInt64($1)", UNSIGNED),
    ("Hushring/SelfTest/SelfTestExample.swift", "preconditionFailure(_)", CONSTANT),
    ("Hushring/Sharing/SecretStore.swift", "Int(errSecDecode)", SYSTEM),
    ("Hushring/Sharing/SecretStore.swift", "Int(status)", SYSTEM),
    ("Hushring/Sharing/SecretStore.swift", "let attributes: [String: Any] = [", OWN_NAMES),
    ("Hushring/Sharing/SecretStore.swift", "private func item(_ name: String) -> [String: Any] {", OWN_NAMES),
    ("Hushring/Sharing/SecretStore.swift", "var item: [String: Any] = [", OWN_NAMES),
    ("Hushring/Sharing/ServerClock.swift", "Int64(min(milliseconds, 1 << 53))", "at most 2^53"),
    ("Hushring/Sharing/SharedFolder.swift", "Int(ENOENT)", SYSTEM),
    ("Hushring/Sharing/SharedFolder.swift", "Int(EIO)", SYSTEM),
    ("Hushring/Sharing/SharedFolder.swift", "Int(errno)", SYSTEM),
    ("Hushring/Sharing/SharedFolder.swift", "Int(reason)", SYSTEM),
    ("Hushring/Sharing/SharedInbox.swift", "Int(EPERM)", SYSTEM),
]


def main() -> int:
    found = {}
    for path in sorted(SOURCES.rglob("*.swift")):
        name = str(path.relative_to(SOURCES))
        for number, line in enumerate(without_comments_and_texts(path.read_text()).splitlines(), 1):
            for rule, pattern in RULES.items():
                for match in re.finditer(pattern, line):
                    if not (rule == CONVERSION and HARMLESS.fullmatch(match[0].split("(", 1)[1][:-1])):
                        text = match[0] if rule == CONVERSION else line.strip()
                        found.setdefault((name, text), f"{path}:{number}: {rule}: {text}")
    allowed = {(file, text) for file, text, _ in ALLOWED}
    wrong = [found[key] for key in found if key not in allowed]
    wrong += [f"{file}: not there any more: {text}" for file, text in sorted(allowed - found.keys())]
    print(*wrong, f"{len(found)} places looked at, {len(wrong)} of them wrong", sep="\n")
    return 1 if wrong else 0


def without_comments_and_texts(source: str) -> str:
    """Keeps the lines, and of texts the expressions within them."""
    source = re.sub(r"/\*.*?\*/", lambda each: "\n" * each[0].count("\n"), source, flags=re.S)
    source = re.sub(r"^\s*//.*$", "", source, flags=re.M)
    source = re.sub(r'"""(.*?)"""', lambda each: kept(each[1]) + "\n" * each[1].count("\n"), source, flags=re.S)
    source = re.sub(r'"((?:\\\([^()"]*(?:\([^()"]*\)[^()"]*)*\)|\\.|[^"\\\n])*)"', lambda each: kept(each[1]), source)
    return re.sub(r"\s//.*$", "", source, flags=re.M)


def kept(text: str) -> str:
    return " ".join(re.findall(r"\\\(([^()]*(?:\([^()]*\)[^()]*)*)\)", text)).replace("\n", " ") or "_"


if __name__ == "__main__":
    sys.exit(main())
