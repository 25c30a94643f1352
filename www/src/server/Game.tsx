import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Button } from "../ui/Button.js";
import { plural } from "../ui/format.js";
import { MessageIcon, PhoneIcon } from "../ui/icons.js";
import { Bytes } from "./Bytes.js";
import { blockLayout } from "./paint.js";
import { drawPair, type Pair, pairsLeft, systemRandom, type Truth } from "./rounds.js";
import { ScoreChart } from "./ScoreChart.js";
import { verdict } from "./score.js";
import type { Seen } from "./seen.js";

export interface GameProps {
  readonly envelopes: readonly Seen[];
  readonly truth: Truth;
  readonly onMore?: (() => void) | undefined;
  /** From 0 to 1; a test gives its own. */
  readonly random?: (() => number) | undefined;
}

/**
 * Which of these two is the call? The visitor sees the bytes as the server does, and neither time,
 * poster, mailbox nor order. The truth is asked after the guess, and is nowhere in the page before.
 */
export function Game({ envelopes, truth, onMore, random = systemRandom }: GameProps) {
  const [used, setUsed] = useState<ReadonlySet<string>>(new Set());
  const [pair, setPair] = useState<Pair>();
  const [guess, setGuess] = useState<Guess>();
  const [score, setScore] = useState({ hits: 0, rounds: 0 });
  const left = useMemo(() => pairsLeft(envelopes, truth, used), [envelopes, truth, used]);

  const draw = () => {
    const drawn = drawPair(envelopes, truth, used, random);
    setGuess(undefined);
    setPair(drawn);
    if (drawn !== undefined) setUsed(new Set([...used, drawn[0].tag, drawn[1].tag]));
  };
  // The first pair comes by itself as soon as there is one.
  useEffect(() => {
    if (pair === undefined && left > 0) draw();
  });

  const take = (side: Side) => {
    if (pair === undefined || guess !== undefined) return;
    const call: Side = truth.get(pair[0].tag) === "call" ? 0 : 1;
    setGuess({ side, call });
    const hit = side === call ? 1 : 0;
    setScore(({ hits, rounds }) => ({ hits: hits + hit, rounds: rounds + 1 }));
  };
  return (
    <section class="panel game" aria-labelledby="game-title">
      <h3 id="game-title">Which of these two is the call?</h3>
      <div class="game-pair">
        <Choice side={0} seen={pair?.[0]} guess={guess} onTake={take} />
        <Choice side={1} seen={pair?.[1]} guess={guess} onTake={take} />
      </div>
      <div class="game-next">
        <p class="game-result" role="status">
          {resultOf(pair, guess)}
        </p>
        {guess !== undefined && <Next left={left} onNext={draw} onMore={onMore} />}
        {pair === undefined && onMore && <Button onPress={onMore}>Send more</Button>}
      </div>
      <ScoreChart hits={score.hits} rounds={score.rounds} />
      <p class="game-verdict">{verdict(score.hits, score.rounds)}</p>
    </section>
  );
}

type Side = 0 | 1;

interface Guess {
  readonly side: Side;
  readonly call: Side;
}

function resultOf(pair: Pair | undefined, guess: Guess | undefined): string {
  if (pair === undefined) return "To play, call and write to the same device.";
  if (guess === undefined) return "Sent by one desk to one device. Time and order are hidden.";
  return guess.side === guess.call ? "Right." : "Wrong.";
}

interface ChoiceProps {
  readonly side: Side;
  readonly seen: Seen | undefined;
  readonly guess: Guess | undefined;
  readonly onTake: (side: Side) => void;
}

function Choice({ side, seen, guess, onTake }: ChoiceProps) {
  const place = side === 0 ? "left" : "right";
  const kind = guess === undefined ? undefined : guess.call === side ? "call" : "message";
  const taken = guess?.side === side;
  return (
    <button
      type="button"
      class={`choice ${taken ? "is-taken" : ""}`}
      disabled={seen === undefined}
      aria-disabled={guess !== undefined}
      onClick={() => onTake(side)}
    >
      <span class="choice-bytes">
        {seen && <Bytes bytes={seen.envelope} layout={blockLayout} />}
      </span>
      <span class="choice-text">
        {kind === undefined && (
          <>
            This one<span class="visually-hidden">, on the {place}, is the call</span>
          </>
        )}
        {kind === "call" && (
          <>
            <PhoneIcon /> the call
          </>
        )}
        {kind === "message" && (
          <>
            <MessageIcon /> a message
          </>
        )}
      </span>
    </button>
  );
}

interface NextProps {
  readonly left: number;
  readonly onNext: () => void;
  readonly onMore?: (() => void) | undefined;
}

/** Takes the focus from the choice that was made, so that a second press goes on. */
function Next({ left, onNext, onMore }: NextProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.querySelector("button")?.focus(), []);
  return (
    <div class="actions" ref={place}>
      {left > 0 && (
        <Button tone="primary" onPress={onNext}>
          Next pair
        </Button>
      )}
      {left > 0 && <span class="quiet small">{plural(left, "pair")} left</span>}
      {left === 0 && onMore && <Button onPress={onMore}>Send more</Button>}
      {left === 0 && !onMore && (
        <span class="quiet small">Each is used once. Call and write again to go on.</span>
      )}
    </div>
  );
}
