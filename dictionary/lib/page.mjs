// Runs inside the browser: makes two peer connections as a set-up says and returns, by role, every
// description (text) and every batch of candidates (array).

/** Self-contained, since it is serialised into the page. */
export async function runSetUp(setUp) {
  const results = {};
  const configuration = {
    bundlePolicy: setUp.bundlePolicy ?? "balanced",
    iceServers: setUp.servers[setUp.ice] ?? [],
    iceTransportPolicy: setUp.relayOnly ? "relay" : "all",
  };
  const caller = peer();
  const callee = peer();
  caller.other = callee;
  callee.other = caller;

  for (const track of setUp.tracks ?? []) await addTrack(caller, track);
  if (setUp.data) caller.connection.createDataChannel("data");
  await negotiate(caller, callee, "", setUp.answer ?? setUp.tracks ?? []);
  results["offer-candidates"] = caller.candidates.splice(0);
  results["answer-candidates"] = callee.candidates.splice(0);

  for (const step of setUp.steps ?? []) {
    let from = caller;
    let to = callee;
    if (step.startsWith("callee-")) [from, to] = [callee, caller];
    await change(from, step.replace("callee-", ""));
    await negotiate(from, to, `${step}-`, []);
    if (step.includes("restart")) results[`${step}-offer-candidates`] = from.candidates.splice(0);
  }
  caller.connection.close();
  callee.connection.close();
  return results;

  function peer() {
    const connection = new RTCPeerConnection(configuration);
    const self = { connection, candidates: [] };
    connection.onicecandidate = ({ candidate }) => {
      if (!candidate) return;
      const entries = Object.entries(candidate.toJSON()).filter(([, value]) => value !== null);
      self.candidates.push(Object.fromEntries(entries));
      self.other.connection.addIceCandidate(candidate).catch(() => undefined);
    };
    return self;
  }

  async function negotiate(from, to, prefix, answerTracks) {
    const offer = await from.connection.createOffer();
    results[`${prefix}offer-trickle`] = offer.sdp;
    await from.connection.setLocalDescription(offer);
    await to.connection.setRemoteDescription(offer);
    for (const track of answerTracks) await addTrack(to, { ...track, simulcast: undefined });
    const answer = await to.connection.createAnswer();
    results[`${prefix}answer-trickle`] = answer.sdp;
    await to.connection.setLocalDescription(answer);
    await from.connection.setRemoteDescription(answer);
    await Promise.all([gathered(from), gathered(to)]);
    results[`${prefix}offer-gathered`] = from.connection.localDescription.sdp;
    results[`${prefix}answer-gathered`] = to.connection.localDescription.sdp;
  }

  function gathered({ connection }) {
    return new Promise((resolve) => {
      const done = () => connection.iceGatheringState === "complete" && resolve();
      connection.addEventListener("icegatheringstatechange", done);
      setTimeout(resolve, 6000);
      done();
    });
  }

  async function addTrack(
    peer,
    { kind, source, direction, simulcast, codecs, codecsOnly, noStream, shared },
  ) {
    const { connection } = peer;
    if (direction === "recvonly" || direction === "inactive") {
      prefer(connection.addTransceiver(kind, { direction }), codecs, codecsOnly);
      return;
    }
    const track = await makeTrack(kind, source ?? setUp.source ?? "devices");
    peer.stream ??= new MediaStream();
    const stream = shared === false ? new MediaStream() : peer.stream;
    stream.addTrack(track);
    const existing = connection
      .getTransceivers()
      .find(
        ({ sender, receiver, currentDirection }) =>
          sender.track === null &&
          receiver.track.kind === kind &&
          currentDirection === null &&
          !simulcast,
      );
    if (existing || (!simulcast && !direction)) {
      const sender = connection.addTrack(track, ...(noStream ? [] : [stream]));
      prefer(
        connection.getTransceivers().find((transceiver) => transceiver.sender === sender),
        codecs,
        codecsOnly,
      );
      return;
    }
    const sendEncodings = simulcast
      ? [
          { rid: "q", scaleResolutionDownBy: 4 },
          { rid: "h", scaleResolutionDownBy: 2 },
          { rid: "f" },
        ].slice(0, simulcast)
      : undefined;
    const init = {
      direction: direction ?? "sendrecv",
      streams: noStream ? [] : [stream],
      ...(sendEncodings && { sendEncodings }),
    };
    prefer(connection.addTransceiver(track, init), codecs, codecsOnly);
  }

  async function makeTrack(kind, source) {
    if (source === "devices") {
      const stream = await navigator.mediaDevices.getUserMedia({ [kind]: true });
      return stream.getTracks()[0];
    }
    if (kind === "audio") {
      const context = new AudioContext();
      const destination = context.createMediaStreamDestination();
      return destination.stream.getAudioTracks()[0];
    }
    const canvas = document.createElement("canvas");
    canvas.getContext("2d").fillRect(0, 0, 8, 8);
    return canvas.captureStream(5).getVideoTracks()[0];
  }

  function prefer(transceiver, codecs, codecsOnly) {
    if (!codecs || !transceiver.setCodecPreferences) return;
    const kind = transceiver.receiver.track.kind;
    const all = RTCRtpReceiver.getCapabilities(kind).codecs;
    const name = ({ mimeType }) => mimeType.split("/")[1].toLowerCase();
    const first = codecs.flatMap((wanted) => all.filter((codec) => name(codec) === wanted));
    const helpers = all.filter(
      (codec) =>
        ["rtx", "red", "ulpfec", "flexfec-03", "telephone-event", "cn"].includes(name(codec)) &&
        !first.includes(codec),
    );
    const rest = all.filter((codec) => !first.includes(codec) && !helpers.includes(codec));
    if (first.length === 0) return;
    transceiver.setCodecPreferences(
      codecsOnly === "bare"
        ? first
        : codecsOnly
          ? [...first, ...helpers]
          : [...first, ...rest, ...helpers],
    );
  }

  async function change(peer, step) {
    const { connection } = peer;
    peer.stream ??= new MediaStream();
    const senders = connection.getSenders();
    const transceivers = connection.getTransceivers();
    switch (step) {
      case "add-video":
        connection.addTrack(await makeTrack("video", setUp.source ?? "devices"), peer.stream);
        break;
      case "add-audio":
        connection.addTrack(await makeTrack("audio", setUp.source ?? "devices"), peer.stream);
        break;
      case "remove-video":
        connection.removeTrack(senders.find(({ track }) => track?.kind === "video"));
        break;
      case "stop-video":
        transceivers.find(({ receiver }) => receiver.track.kind === "video").stop();
        break;
      case "add-screen":
        connection.addTrack(await makeTrack("video", "page"), new MediaStream());
        break;
      case "add-data":
        connection.createDataChannel("data");
        break;
      case "hold":
        for (const transceiver of transceivers) transceiver.direction = "sendonly";
        break;
      case "mute-both":
        for (const transceiver of transceivers) transceiver.direction = "inactive";
        break;
      case "resume":
        for (const transceiver of transceivers) transceiver.direction = "sendrecv";
        break;
      case "restart":
        connection.restartIce();
        break;
      default:
        throw new Error(`unknown step ${step}`);
    }
  }
}
