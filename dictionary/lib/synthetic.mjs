// Offers in the style of endpoints that cannot run here: a real Chromium offer whose video codecs are
// replaced by another list, with candidates as on Wi-Fi and, on phones, over TCP as well. They share
// libwebrtc's way of writing SDP; the lists are approximations.

import { randomInt } from "node:crypto";

const h264 = (profile, mode = 1) =>
  `level-asymmetry-allowed=1;packetization-mode=${mode};profile-level-id=${profile}`;
const h265 = (level, profile = 1) =>
  `level-id=${level};profile-id=${profile};tier-flag=0;tx-mode=SRST`;
const av1 = "level-idx=5;profile=0;tier=0";

// [payload type, name, fmtp, payload type of its retransmissions]
const endpoints = {
  "macos-chrome": {
    video: [
      [96, "VP8", "", 97],
      [103, "H264", h264("42001f"), 104],
      [107, "H264", h264("42001f", 0), 108],
      [109, "H264", h264("42e01f"), 114],
      [115, "H264", h264("42e01f", 0), 116],
      [117, "H264", h264("4d001f"), 118],
      [39, "H264", h264("4d001f", 0), 40],
      [45, "AV1", av1, 46],
      [98, "VP9", "profile-id=0", 99],
      [100, "VP9", "profile-id=2", 101],
      [123, "H264", h264("64001f"), 124],
      [49, "H265", h265(180), 50],
      [119, "red", "", 120],
      [121, "ulpfec"],
    ],
  },
  "windows-chrome": {
    video: [
      [96, "VP8", "", 97],
      [103, "H264", h264("42001f"), 104],
      [107, "H264", h264("42001f", 0), 108],
      [109, "H264", h264("42e01f"), 114],
      [115, "H264", h264("42e01f", 0), 116],
      [117, "H264", h264("4d001f"), 118],
      [39, "H264", h264("4d001f", 0), 40],
      [45, "AV1", av1, 46],
      [98, "VP9", "profile-id=0", 99],
      [100, "VP9", "profile-id=2", 101],
      [112, "H264", h264("64001f"), 113],
      [49, "H265", h265(180), 50],
      [51, "H265", h265(180, 2), 52],
      [119, "red", "", 120],
      [121, "ulpfec"],
      [122, "flexfec-03", "repair-window=10000000"],
    ],
  },
  ios: {
    tcp: true,
    upperCaseIds: true,
    video: [
      [96, "H264", h264("640c34"), 97],
      [98, "H264", h264("42e034"), 99],
      [100, "VP8", "", 101],
      [127, "VP9", "", 103],
      [35, "AV1", "", 36],
      [104, "red", "", 105],
      [106, "ulpfec"],
    ],
  },
  safari: {
    video: [
      [96, "H264", h264("640c1f"), 97],
      [98, "H264", h264("42e01f"), 99],
      [100, "H265", h265(93), 101],
      [102, "VP8", "", 103],
      [104, "VP9", "profile-id=0", 105],
      [106, "VP9", "profile-id=2", 107],
      [45, "AV1", av1, 46],
      [108, "red", "", 109],
      [110, "ulpfec"],
    ],
  },
  android: {
    tcp: true,
    video: [
      [96, "VP8", "", 97],
      [98, "VP9", "profile-id=0", 99],
      [39, "AV1", av1, 40],
      [100, "H264", h264("640c1f"), 101],
      [127, "H264", h264("42e01f"), 103],
      [49, "H265", h265(156), 50],
      [104, "red", "", 105],
      [106, "ulpfec"],
    ],
  },
};

/** The offer with the video codecs and candidates of `endpoint`, or a batch of candidates likewise. */
export function likeOtherEndpoints(content, endpoint) {
  const { video, tcp, upperCaseIds } = endpoints[endpoint];
  if (Array.isArray(content)) {
    return content.flatMap((entry) =>
      candidateLines(entry.candidate, tcp).map((candidate) => ({ ...entry, candidate })),
    );
  }
  const sections = content.split(/(?=^m=)/m).map((section) => {
    const lines = section
      .split("\r\n")
      .flatMap((line) => (line.startsWith("a=candidate:") ? candidateLines(line, tcp) : [line]));
    return section.startsWith("m=video") ? withCodecs(lines, video) : lines.join("\r\n");
  });
  const text = sections.join("");
  return upperCaseIds
    ? text.replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b(?!\.local)/g, (id) =>
        id.toUpperCase(),
      )
    : text;
}

function candidateLines(candidate, tcp) {
  const line = candidate.replace(/ network-id (\d+)$/, " network-id $1 network-cost 10");
  const host = /^(.*candidate:)\d+ 1 udp 2(?:122|113)\d+ (\S+) \d+ typ host (.*)$/.exec(line);
  if (!tcp || host === null) return [line];
  const [, start, address, end] = host;
  return [
    line,
    `${start}${randomInt(1, 2 ** 32)} 1 tcp ${address.includes(":") ? 1518283007 : 1518280447} ${address} 9 typ host tcptype active ${end}`,
  ];
}

function withCodecs(lines, codecs) {
  const payloads = codecs.flatMap(([type, , , rtx]) => (rtx === undefined ? [type] : [type, rtx]));
  const isCodec = (line) => /^a=(rtpmap|rtcp-fb|fmtp):/.test(line);
  const at = lines.findIndex(isCodec);
  const kept = lines.map((line) =>
    line.startsWith("m=") ? `${line.split(" ").slice(0, 3).join(" ")} ${payloads.join(" ")}` : line,
  );
  const before = kept.slice(0, at);
  const after = kept.slice(at).filter((line) => !isCodec(line));
  return [...before, ...codecs.flatMap(codecLines), ...after].join("\r\n");
}

function codecLines([type, name, fmtp, rtx]) {
  const lines = [`a=rtpmap:${type} ${name}/90000`];
  if (!["red", "ulpfec"].includes(name)) {
    const feedback =
      name === "flexfec-03"
        ? ["goog-remb", "transport-cc"]
        : ["goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"];
    lines.push(...feedback.map((kind) => `a=rtcp-fb:${type} ${kind}`));
  }
  if (fmtp) lines.push(`a=fmtp:${type} ${fmtp}`);
  if (rtx !== undefined) lines.push(`a=rtpmap:${rtx} rtx/90000`, `a=fmtp:${rtx} apt=${type}`);
  return lines;
}
