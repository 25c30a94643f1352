import { Button } from "./Button.js";
import { Fingerprint } from "./Fingerprint.js";
import { useForm } from "./form.js";
import { dateOf, plural, timeOfDay } from "./format.js";
import { StrangerIcon } from "./icons.js";
import type { RequestView } from "./types.js";

export interface RequestsProps {
  readonly requests: readonly RequestView[];
  /** The name is the one that the user gives. */
  readonly onAccept: (account: string, name: string) => void;
  readonly onBlock: (account: string) => void;
}

/** What strangers have sent: held unread, so that nothing of it can be shown. */
export function Requests({ requests, onAccept, onBlock }: RequestsProps) {
  if (requests.length === 0) {
    return <p class="empty">Nobody that you do not know has sent anything.</p>;
  }
  return (
    <ul class="requests" aria-label="Requests of strangers">
      {requests.map((request) => (
        <Request key={request.account} request={request} onAccept={onAccept} onBlock={onBlock} />
      ))}
    </ul>
  );
}

interface RequestProps extends Omit<RequestsProps, "requests"> {
  readonly request: RequestView;
}

function Request({ request, onAccept, onBlock }: RequestProps) {
  const { account, fingerprint, count, earliest, latest } = request;
  const accept = useForm(({ name }) => onAccept(account, name || "Unnamed"));
  return (
    <li class="card request">
      <header class="request-head">
        <StrangerIcon />
        <div>
          <h3>Somebody you do not know</h3>
          <p class="quiet">
            {plural(count, "envelope")}, {dateOf(earliest)} {timeOfDay(earliest)}
            {latest !== earliest && ` to ${timeOfDay(latest)}`}. Not opened, so neither a name nor a
            text.
          </p>
        </div>
      </header>
      <Fingerprint of="Fingerprint" value={fingerprint} />
      <form class="stack" onSubmit={accept}>
        <label class="field">
          <span>Name that you give</span>
          <input class="input" name="name" required maxLength={60} autocomplete="off" />
        </label>
        <div class="actions">
          <Button tone="primary" submit>
            Accept
          </Button>
          <Button tone="danger" onPress={() => onBlock(account)}>
            Block
          </Button>
        </div>
      </form>
    </li>
  );
}
