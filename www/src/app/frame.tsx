import { type AppProps, connectionOf, NoticeArea } from "./Page.js";
import { Setup } from "./Setup.js";
import type { Place } from "./start.js";

/**
 * What stands around a desk or a phone. Until there is an identity, `setup` stands where the app is
 * to be.
 */
export function frameOf({ peer, state, notices }: AppProps, place: Place, suggestedName: string) {
  const { identity } = state;
  const area = <NoticeArea notices={notices} />;
  if (identity === undefined) {
    const setup = (
      <Setup peer={peer} place={place} suggestedName={suggestedName} notices={notices} />
    );
    return { title: `A new ${place}`, connection: { ok: true, text: "New" }, notices: area, setup };
  }
  return { title: `${identity.name}’s ${place}`, connection: connectionOf(state), notices: area };
}
